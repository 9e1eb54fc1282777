using Reranker.Benchmarking.Cpu;

namespace Reranker.Benchmarking.Tests.Cpu;

public sealed class CpuBenchmarkTests(ImportedModels models) : IClassFixture<ImportedModels>
{
    [Fact]
    public async Task It_measures_every_path_and_prints_a_table()
    {
        var options = new CpuBenchmarkOptions { Pairs = 5, DenseLength = 16, MeanLength = 12, MaxLength = 30, Repetitions = 1 };
        var report = await new CpuBenchmark(options, TimeProvider.System).RunAsync(
            [models.Fp32, models.Fp16], CancellationToken.None);

        Assert.Equal(
            [("dense", "worker"), ("natural", "worker"), ("dense", "worker"), ("natural", "worker"), ("natural", "padded batch")],
            report.Rows.Select(r => (r.Request, r.Path)));
        Assert.All(report.Rows, r => Assert.True(r.PairsPerSecond > 0));
        Assert.Equal(80, report.Rows[0].Tokens);
        Assert.Null(report.Int8OverFp32);
        Assert.Contains("worker over one padded batch", report.FormatTable(), StringComparison.Ordinal);
    }
}
