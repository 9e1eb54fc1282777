using System.Globalization;
using Reranker.TestKit.Processes;

namespace Reranker.ClusterKit.Stores;

/// <summary>A <c>redis-server</c> that keeps its data over a restart.</summary>
public sealed class RedisServer : MembershipServer
{
    public const string Redis = "Redis";

    private static readonly string? Program = Find("redis-server", []);

    /// <summary>Why there is none on this machine; null when there is.</summary>
    public static string? Missing { get; } = Program is null ? "There is no redis-server on this machine (Debian: apt-get install redis-server)." : null;

    public override string Clustering => Redis;

    public override string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public override async Task EmptyAsync(CancellationToken cancellationToken)
    {
        await using var client = ProgramProcess.StartTool("redis-cli", ["-p", Port.ToString(CultureInfo.InvariantCulture), "flushall"]);
        Assert.Equal(0, await client.WaitForExitAsync(cancellationToken));
    }

    protected override async Task<ProgramProcess> LaunchAsync(CancellationToken cancellationToken)
    {
        var process = ProgramProcess.StartTool(
            Program!,
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Data.Path, "--appendonly", "yes", "--appendfsync", "always", "--save", ""]);
        await process.WaitForLineAsync("Ready to accept connections", cancellationToken);
        return process;
    }
}
