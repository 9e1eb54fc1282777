using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Reranker.Benchmarks;

/// <summary>
/// How benchmarks run: briefly, and in this process, so that a run needs no build of its own and takes seconds. <c>--dry</c> calls
/// each once, which shows that it still works and says nothing of its speed.
/// </summary>
internal static class BenchmarkConfig
{
    /// <summary>The argument that asks for one call of each.</summary>
    public const string Dry = "--dry";

    public static IConfig Create(string[] args) => ManualConfig.Create(DefaultConfig.Instance)
        .AddJob((args.Contains(Dry) ? Job.Dry : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));

    /// <summary>The arguments that are for BenchmarkDotNet.</summary>
    public static string[] RemoveOwnOptions(string[] args) => [.. args.Where(static a => a != Dry)];

    /// <summary>False when a benchmark could not run, or when there was none.</summary>
    public static bool HaveAllRun(IEnumerable<Summary> summaries)
    {
        var all = summaries.ToArray();
        return all.Length > 0 && all.All(static s => !s.HasCriticalValidationErrors && s.Reports.Length > 0 && s.Reports.All(static r => r.Success));
    }
}
