using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Reranker.TestKit.Hub;

/// <summary>
/// A hub of models on loopback: lists, sizes and hashes in headers, large files behind a redirect to another host. It notes every
/// call, and a test may have it answer any of them otherwise.
/// </summary>
public sealed class LocalHub : IAsyncDisposable
{
    private const string LargeEnd = ".safetensors";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, HubRepository> _repositories = new();
    private readonly ConcurrentQueue<HubCall> _calls = new();

    private LocalHub(WebApplication app) => _app = app;

    /// <summary>Address of the hub, as <c>HF_ENDPOINT</c>.</summary>
    public Uri Endpoint => FindAddress(0);

    /// <summary>Address of the host that large files come from.</summary>
    public Uri Storage => FindAddress(1);

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<HubCall> Calls => [.. _calls];

    /// <summary>What a call is answered with; null for what it asks for.</summary>
    public Func<HubCall, HubFault?> Misbehave { get; set; } = static _ => null;

    /// <summary>Starts one on free ports.</summary>
    public static async Task<LocalHub> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromMilliseconds(100)).ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        var hub = new LocalHub(app);
        app.Run(hub.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return hub;
    }

    /// <summary>Publishes the files of a folder as a model.</summary>
    /// <returns>Its commit.</returns>
    public string Publish(string repository, string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(folder, f), File.ReadAllBytes);
        var content = string.Join('\n', files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {HashLarge(f.Value)}"));
        var commit = HashSmall(Encoding.UTF8.GetBytes(content));
        _repositories[repository] = new HubRepository(commit, files);
        return commit;
    }

    /// <summary>The variables that send a program to this hub, with a cache of its own.</summary>
    public Dictionary<string, string> GetEnvironment(string cache) => new()
    {
        ["HF_ENDPOINT"] = Endpoint.AbsoluteUri,
        ["HF_HOME"] = cache,
        ["XDG_CACHE_HOME"] = cache,
        ["HF_HUB_CACHE"] = "",
        ["HF_TOKEN"] = "",
        ["HF_HUB_OFFLINE"] = "",
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Uri FindAddress(int number)
        => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(number));

    private async Task AnswerAsync(HttpContext context)
    {
        var isStorage = context.Connection.LocalPort == Storage.Port;
        var path = Uri.UnescapeDataString(context.Request.Path.Value!).Trim('/');
        var call = ParseCall(context, isStorage, path);
        _calls.Enqueue(call);
        var fault = Misbehave(call);
        if (fault?.Status is { } status)
        {
            context.Response.StatusCode = (int)status;
            foreach (var (name, value) in fault.Headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(fault.Body ?? "", context.RequestAborted);
            return;
        }

        if (!_repositories.TryGetValue(call.Repository, out var repository))
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            context.Response.Headers["X-Error-Code"] = "RepoNotFound";
            return;
        }

        if (call.Revision is not ("main" or "v1") && call.Revision != repository.Commit)
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            context.Response.Headers["X-Error-Code"] = "RevisionNotFound";
        }
        else if (call.File is null)
        {
            await context.Response.WriteAsJsonAsync(new { sha = repository.Commit, siblings = repository.Files.Keys.Select(f => new { rfilename = f }) });
        }
        else
        {
            await SendFileAsync(context, call, repository, fault ?? new HubFault());
        }
    }

    // /api/models/ORG/NAME/revision/REV, /ORG/NAME/resolve/REV/FILE
    private HubCall ParseCall(HttpContext context, bool isStorage, string path)
    {
        var parts = path.Split('/');
        var isList = parts[0] == "api";
        var (repository, revision, file) = isList ? ($"{parts[2]}/{parts[3]}", string.Join('/', parts[5..]), null) : ($"{parts[0]}/{parts[1]}", parts[3], string.Join('/', parts[4..]));
        var from = context.Request.Headers.Range.ToString() is { Length: > 0 } range
            ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : 0;
        var before = _calls.Count(c => c.Method == context.Request.Method && c.File == file && c.IsStorage == isStorage);
        return new HubCall(context.Request.Method, repository, revision, file, isStorage, from, context.Request.Headers.Authorization.ToString(), before + 1);
    }

    private async Task SendFileAsync(HttpContext context, HubCall call, HubRepository repository, HubFault fault)
    {
        if (!repository.Files.TryGetValue(call.File!, out var content))
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            context.Response.Headers["X-Error-Code"] = "EntryNotFound";
            return;
        }

        var isLarge = call.File!.EndsWith(LargeEnd, StringComparison.Ordinal);
        var headers = context.Response.Headers;
        headers["X-Repo-Commit"] = repository.Commit;
        headers.ETag = $"\"{HashSmall(content)}\"";
        if (isLarge && !call.IsStorage)
        {
            headers["X-Linked-Etag"] = $"\"{HashLarge(content)}\"";
            headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            context.Response.Redirect(fault.RedirectTo ?? new Uri(Storage, context.Request.Path.Value).AbsoluteUri);
            return;
        }

        var from = fault.IgnoresRange ? 0 : call.From;
        if (from > 0)
        {
            context.Response.StatusCode = (int)HttpStatusCode.PartialContent;
            headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        var sent = content.AsMemory((int)from);
        context.Response.ContentLength = sent.Length;
        if (HttpMethods.IsHead(call.Method))
        {
            return;
        }

        if (fault.LiesAboutContent)
        {
            sent = sent.ToArray();
            sent.Span[^1] ^= 1;
        }

        await context.Response.Body.WriteAsync(sent[..Math.Min(fault.BytesBefore ?? sent.Length, sent.Length)], context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (fault.Stalls)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        else if (fault.BytesBefore is not null)
        {
            // The server closes the connection then. An abort could reach the client before what was sent does.
            throw new IOException("The connection is cut, as the test asks for.");
        }
    }

    private static string HashLarge(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

#pragma warning disable CA5350 // As git does.
    private static string HashSmall(byte[] content)
        => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length.ToString(CultureInfo.InvariantCulture)}\0"), .. content]));
#pragma warning restore CA5350

    private sealed record HubRepository(string Commit, IReadOnlyDictionary<string, byte[]> Files);
}
