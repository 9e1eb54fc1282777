using Microsoft.Playwright;

namespace Reranker.Browser.Drills;

/// <summary>The Chromium of this machine. The library's own browsers are never downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser"];

    private IPlaywright? _library;

    /// <summary>The browser.</summary>
    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _library = await Playwright.CreateAsync();
        Browser = await _library.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = FindProgram(), ChromiumSandbox = false });
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _library?.Dispose();
    }

    private static string FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(static folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("There is no Chromium on the PATH (apt-get install chromium).");
}
