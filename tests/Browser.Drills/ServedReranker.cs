using Reranker.TestKit.Processes;

namespace Reranker.Browser.Drills;

/// <summary><c>reranker serve</c> with the bundled model, as a person starts it, and with a key.</summary>
public sealed class ServedReranker : IAsyncLifetime
{
    /// <summary>The key that scoring needs.</summary>
    public const string Key = "browser-key-0123456789";

    private ProgramProcess _process = null!;

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "reranker.dll"),
            ["serve", "--urls", "http://127.0.0.1:0"],
            environment: new Dictionary<string, string>
            {
                ["Gateway__ApiKeys__0__Key"] = Key,
                ["Gateway__ApiKeys__0__Tenant"] = "browser",
                ["Gateway__AdminKey"] = "browser-admin-0123456789",
            });
        var line = await _process.WaitForLineAsync("Now listening on:", TestContext.Current.CancellationToken);
        Url = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
