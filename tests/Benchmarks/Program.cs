using BenchmarkDotNet.Running;
using Reranker.Benchmarks;

var summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(BenchmarkConfig.RemoveOwnOptions(args), BenchmarkConfig.Create(args));
return BenchmarkConfig.HaveAllRun(summaries) ? 0 : 1;
