using System.Globalization;
using Reranker.TestKit.Processes;

namespace Reranker.ClusterKit.Stores;

/// <summary>A <c>postgres</c> with a database cluster of its own. It refuses to run as root, so root runs it as the user that Debian's package made.</summary>
public sealed class PostgreSqlServer : MembershipServer
{
    public const string PostgreSql = "PostgreSql";

    private const string User = "postgres";

    private static readonly string? Program = Find("initdb", Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(static version => Path.Combine(version, "bin"))
        : []);

    /// <summary>Why there is none on this machine; null when there is.</summary>
    public static string? Missing { get; } = Program is null ? "There is no PostgreSQL server on this machine (Debian: apt-get install postgresql)." : null;

    public override string Clustering => PostgreSql;

    public override string ConnectionString =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database=postgres;Username=reranker;Timeout=5;Command Timeout=5");

    private string Cluster => Data["cluster"];

    public override async Task EmptyAsync(CancellationToken cancellationToken)
    {
        await using var client = StartAsServer(
            "psql", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "reranker", "-c", "TRUNCATE reranker_silo, reranker_membership", "postgres");
        Assert.Equal(0, await client.WaitForExitAsync(cancellationToken));
    }

    protected override async Task<ProgramProcess> LaunchAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Cluster))
        {
            if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
            {
                File.SetUnixFileMode(Data.Path, (UnixFileMode)0b111_111_111);
            }

            await using var init = StartAsServer("initdb", "--pgdata", Cluster, "--username", "reranker", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync");
            Assert.Equal(0, await init.WaitForExitAsync(cancellationToken));
        }

        var process = StartAsServer("postgres", "-D", Cluster, "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", "");
        await process.WaitForLineAsync("ready to accept connections", cancellationToken);
        return process;
    }

    // setpriv takes the place of the process it starts, so that signals reach the server.
    private static ProgramProcess StartAsServer(string name, params string[] arguments)
    {
        var program = Path.Combine(Path.GetDirectoryName(Program!)!, name);
        Dictionary<string, string> environment = new() { ["LC_ALL"] = "C" };
        return OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? ProgramProcess.StartTool("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", program, .. arguments], environment: environment, workingDirectory: "/")
            : ProgramProcess.StartTool(program, arguments, environment: environment);
    }
}
