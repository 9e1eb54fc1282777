using BenchmarkDotNet.Running;
using Reranker.Benchmarks;
using Reranker.Benchmarks.Edge;

switch (args)
{
    case [EdgeProcess.ServeOption, var server]:
        await EdgeProcess.ServeAsync(server);
        return 0;
    case [EdgeComparison.Option, .. var rest]:
        await EdgeComparison.RunAsync(isDry: rest.Contains(BenchmarkConfig.Dry));
        return 0;
    default:
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(BenchmarkConfig.RemoveOwnOptions(args), BenchmarkConfig.Create(args));
        return BenchmarkConfig.HaveAllRun(summaries) ? 0 : 1;
}
