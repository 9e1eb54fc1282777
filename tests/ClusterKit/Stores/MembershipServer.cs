using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.ClusterKit.Stores;

/// <summary>A real Redis or PostgreSQL server of one test, on a free loopback port, with its data in a temporary folder.</summary>
public abstract class MembershipServer : IAsyncDisposable
{
    private ProgramProcess? _process;

    /// <summary>Value of <c>Reranker:Clustering</c>.</summary>
    public abstract string Clustering { get; }

    /// <summary>Value of <c>Reranker:Cluster:ConnectionString</c>.</summary>
    public abstract string ConnectionString { get; }

    protected int Port { get; } = LoopbackPorts.Take();

    protected TempFolder Data { get; } = new();

    /// <summary>A server of a kind, not started; the test is skipped, with the reason, where this machine has none.</summary>
    public static MembershipServer Create(string clustering)
    {
        var missing = clustering == nameof(RedisServer.Redis) ? RedisServer.Missing : PostgreSqlServer.Missing;
        Assert.SkipWhen(missing is not null, missing ?? "");
        return clustering == nameof(RedisServer.Redis) ? new RedisServer() : new PostgreSqlServer();
    }

    /// <summary>A server of whichever kind there is; the test is skipped where there is none.</summary>
    public static MembershipServer CreateAny()
    {
        Assert.SkipWhen(RedisServer.Missing is not null && PostgreSqlServer.Missing is not null, $"{RedisServer.Missing} {PostgreSqlServer.Missing}");
        return RedisServer.Missing is null ? new RedisServer() : new PostgreSqlServer();
    }

    /// <summary>Starts it, on the data it had if it ran before, and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = await LaunchAsync(cancellationToken);
    }

    /// <summary>Has it lose all of its data, while it runs.</summary>
    public abstract Task EmptyAsync(CancellationToken cancellationToken);

    /// <summary>Kills it: its connections break and its port closes.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await _process!.SignalAsync("KILL");
        await _process.WaitForExitAsync(cancellationToken);
        await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Data.Dispose();
    }

    protected abstract Task<ProgramProcess> LaunchAsync(CancellationToken cancellationToken);

    /// <summary>Where a program is: in one of these folders, or on the path; null when nowhere.</summary>
    protected static string? Find(string program, IEnumerable<string> folders)
        => folders
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
