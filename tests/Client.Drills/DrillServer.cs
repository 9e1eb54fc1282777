using System.Globalization;
using Reranker.TestKit.Processes;

namespace Reranker.Client.Drills;

/// <summary><c>reranker serve</c> with the bundled model and keys: one without a quota, and one for each client with a small one.</summary>
public sealed class DrillServer : IAsyncLifetime
{
    /// <summary>A key without a quota.</summary>
    public const string Key = "the-key-of-the-drills";

    // A little less than the longest pair of the model: one such pair is a debt of some seconds.
    private const int SmallQuota = 450;

    private ProgramProcess _process = null!;

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The key of a client whose quota is small.</summary>
    internal static string FindLimitedKey(NpmClient client) => $"the-small-key-of-{client.Name}";

    public async ValueTask InitializeAsync()
    {
        var variables = new Dictionary<string, string>();
        AddKey("drills", Key, quota: 0);
        foreach (var client in NpmClient.All)
        {
            AddKey(client.Name, FindLimitedKey(client), SmallQuota);
        }

        _process = ProgramProcess.Start(Path.Combine(AppContext.BaseDirectory, "reranker.dll"), ["serve", "--urls", "http://127.0.0.1:0"], environment: variables);
        var line = await _process.WaitForLineAsync("Now listening on:", TestContext.Current.CancellationToken);
        Url = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());

        void AddKey(string tenant, string key, int quota)
        {
            var entry = $"Gateway__ApiKeys__{variables.Count / 3}__";
            variables[entry + "Tenant"] = tenant;
            variables[entry + "Key"] = key;
            variables[entry + "TokensPerMinute"] = quota.ToString(CultureInfo.InvariantCulture);
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
