using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Reranker.Browser.Drills;

/// <summary>A page in a window of its own, and what it asked of whom.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _foreign = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private OpenedPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Addresses of other servers that the page asked for something.</summary>
    public IReadOnlyCollection<string> ForeignRequests => _foreign;

    /// <summary>What the browser's console has of errors: scripts that failed, and what the page's policy forbade.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public static async Task<OpenedPage> OpenAsync(Chromium chromium, Uri server, string path, Look? look = null)
    {
        var (width, scheme) = look ?? Look.Usual;
        var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.AbsoluteUri,
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(30_000);
        var opened = new OpenedPage(context, await context.NewPageAsync());
        opened.Watch(server);
        await opened.Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        return opened;
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Watch(Uri server)
    {
        Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(server.AbsoluteUri, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                _foreign.Enqueue(request.Url);
            }
        };
        Page.PageError += (_, error) => _errors.Enqueue(error);
        Page.Console += (_, message) =>
        {
            // A refused request is a line there too; what the page says of those is asserted by itself.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _errors.Enqueue(message.Text);
            }
        };
    }
}
