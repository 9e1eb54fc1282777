using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Benchmarking.Engine;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Onnx.Synthesis;
using Reranker.TestKit;
using Reranker.TestKit.Engines;

namespace Reranker.Benchmarking.Tests.Engine;

public sealed class EngineBenchmarkTests(ImportedModels models) : IClassFixture<ImportedModels>
{
    [Fact]
    public void A_report_has_a_row_a_shape_and_reads_back()
    {
        var options = new EngineBenchmarkOptions
        {
            Repetitions = 3,
            WarmUp = 1,
            Shapes = [BenchmarkShape.CreateDense(4, 16), BenchmarkShape.CreateRagged(6, 30, seed: 1)],
        };
        var progress = new List<string>();

        var report = GpuBenchmark.MeasureModel(
            EngineFactory.CreateDefault(NullLoggerFactory.Instance),
            models.Fp32,
            new EngineOptions { Engine = EngineKind.Cpu, CpuThreads = 1, CalibrationTime = TimeSpan.Zero },
            options,
            TimeProvider.System,
            new Collector(progress));

        Assert.Equal(["4×16", "ragged 6, longest 30"], report.Rows.Select(r => r.Name));
        Assert.Equal(progress, report.Rows.Select(r => r.Name));
        Assert.All(report.Rows, r =>
        {
            Assert.True(r is { Milliseconds: > 0, Runs: 1 });
            Assert.Equal(r.Lengths.Count * 1000 / r.Milliseconds, r.PairsPerSecond, 1e-6);
            var group = Assert.Single(r.Groups);
            Assert.Equal((r.Lengths.Count, r.Lengths.Max(), r.Lengths.Sum()), (group.Rows, group.Longest, group.Tokens));
            Assert.True(group is { PredictedMilliseconds: > 0, Milliseconds: > 0, RepeatedMilliseconds: > 0 });
        });
        Assert.Null(report.Memory);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(report.Rows[1].Milliseconds, json.RootElement.GetProperty("rows")[1].GetProperty("milliseconds").GetDouble());
        Assert.Contains("ragged 6, longest 30", EngineBenchmarkTable.FormatReport(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_run_of_a_shape_is_told_with_its_predicted_time()
    {
        var asked = BenchmarkShape.CreateRagged(40, 512, seed: 9);
        var options = new EngineBenchmarkOptions { Repetitions = 1, WarmUp = 0, Shapes = [asked] };
        using var engine = new DescribedEngine(CostForm.Padded, maxPairs: 16, maxTokens: 4096);

        var row = EngineBenchmark.MeasureEngine(engine, SyntheticShapes.Mini, options, TimeProvider.System).Rows.Single();

        Assert.InRange(row.Groups.Count, 2, 40);
        Assert.Equal((row.Runs, 40, asked.Lengths.Sum()), (row.Groups.Count, row.Groups.Sum(g => g.Rows), row.Groups.Sum(g => g.Tokens)));
        Assert.Equal(512, row.Groups.Max(g => g.Longest));
        Assert.All(row.Groups, g => Assert.Equal(
            engine.Cost.PredictMicroseconds([.. Enumerable.Repeat(g.Longest, g.Rows)]) / 1e3, g.PredictedMilliseconds, 1e-3));
    }

    [Fact]
    public void Further_ragged_batches_come_behind_the_shapes_and_no_pair_is_longer_than_the_engine_takes()
    {
        var options = new EngineBenchmarkOptions { Repetitions = 1, WarmUp = 0, Shapes = [BenchmarkShape.CreateDense(1, 8)], Ragged = [5, 40] };
        using var engine = new DescribedEngine(CostForm.Packed, maxPairs: 16, maxTokens: 4096, maxPairTokens: 100);

        var rows = EngineBenchmark.MeasureEngine(engine, SyntheticShapes.Mini, options, TimeProvider.System).Rows;

        Assert.Equal([1, 5, 40], rows.Select(r => r.Lengths.Count));
        Assert.All(rows.Skip(1), r => Assert.Equal(100, r.Lengths.Max()));
        Assert.Equal(BenchmarkShape.CreateRagged(40, 100, seed: 40).Lengths, rows[2].Lengths);
    }

    [Fact]
    public void What_batches_cost_is_told_for_plans_and_read_back()
    {
        var options = new EngineBenchmarkOptions { Repetitions = 1, WarmUp = 0, Shapes = [BenchmarkShape.CreateDense(1, 8)] };
        using var engine = new DescribedEngine(CostForm.Packed, maxPairs: 16, maxTokens: 4096, maxPairTokens: 100);
        using var folder = new TempFolder();

        var costs = EngineBenchmark.MeasureEngine(engine, SyntheticShapes.Mini, options, TimeProvider.System).Costs;
        costs!.Save(folder["costs.json"]);
        using var stream = File.OpenRead(folder["costs.json"]);
        var read = CardCosts.TryRead(stream)!;

        Assert.Equal((16, 4096, 100, engine.Description.Lanes), (costs.MaxBatchPairs, costs.MaxBatchTokens, costs.MaxPairTokens, costs.Lanes));
        Assert.Equal(engine.Cost.Table!.Points, read.Table.Points);
        Assert.Equal(costs with { Table = read.Table }, read);
        Assert.Equal((engine.Description.RuntimeVersion, true), (read.Runtime, read.MeasuredOn is not null));
    }

    [Fact]
    public void Who_asks_for_the_start_alone_gets_a_report_of_it_without_a_batch()
    {
        using var engine = new DescribedEngine(CostForm.Packed, maxPairs: 16, maxTokens: 4096);

        var report = EngineBenchmark.MeasureEngine(
            engine, SyntheticShapes.Mini, new EngineBenchmarkOptions { StartOnly = true, Ragged = [5] }, TimeProvider.System);

        Assert.Empty(report.Rows);
        Assert.Null(report.CostErrorP90);
        Assert.Equal(2, EngineBenchmarkTable.FormatReport(report).TrimEnd().Split(Environment.NewLine).Length);
        Assert.NotNull(report.Costs);
    }

    [Fact]
    public void Batches_of_8_16_and_32_have_a_table_of_their_own()
    {
        static EngineBenchmarkRow Row(int pairs, int length, double milliseconds)
            => new($"{pairs}×{length}", [.. Enumerable.Repeat(length, pairs)], 1, milliseconds, pairs * 1000 / milliseconds, 0, 0);
        var report = new EngineBenchmarkReport
        {
            Model = "m",
            Precision = "fp16",
            Provider = "CUDA",
            Device = "d",
            Runtime = "r",
            StartupSeconds = 5,
            WarmUpSeconds = 2,
            StartPhases = new Dictionary<string, double> { ["open"] = 3, ["largest batch"] = 1.25, ["costs"] = 0.754 },
            MaxBatchPairs = 64,
            MaxBatchTokens = 8192,
            Rows = [Row(8, 128, 3), Row(16, 128, 4), Row(32, 128, 7), Row(8, 512, 9)],
        };

        var lines = EngineBenchmarkTable.FormatReport(report).Split(Environment.NewLine);

        Assert.StartsWith("ready after 5.0 s, 2.0 s of it warm-up (open 3.00, largest batch 1.25, costs 0.75), at most", lines[1], StringComparison.Ordinal);
        var table = lines[Array.FindIndex(lines, l => l.StartsWith("batch of 128", StringComparison.Ordinal))..];
        string[][] cells = [.. table[1..4].Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal([["8", "3.00", "3.00", "2667"], ["16", "4.00", "2.00", "4000"], ["32", "7.00", "1.75", "4571"]], cells);
        Assert.Equal("", table[4]);
    }

    [Fact]
    public void Useful_operations_of_the_large_model_are_the_published_ones()
    {
        var shape = SyntheticShapes.V2M3;

        Assert.Equal((603.98e6 * 128) + (98_304.0 * 128 * 128), UsefulOperations.CountOperations(shape, 128), 1e6);

        // Of 10 tokens that see 3 to either side the outer ones see 4, 5 and 6, and the others 7; layers 0 and 2 see all.
        var local = shape with { Layers = 3, Rotary = new RotaryShape { GlobalBase = 10, LocalBase = 10, Window = 3, GlobalEvery = 2 } };
        var seen = (2 * 100) + (2 * (4 + 5 + 6)) + (4 * 7);
        Assert.Equal((3.0 * ((8 * 1024 * 1024) + (6 * 1024 * 4096)) * 10) + (4.0 * 1024 * seen), UsefulOperations.CountOperations(local, 10), 1);
        Assert.Equal(UsefulOperations.CountOperations(local with { Rotary = local.Rotary with { GlobalEvery = 1 } }, 4), UsefulOperations.CountOperations(local, 4));
    }

    [Fact]
    public void Ragged_lengths_are_natural_and_reproducible()
    {
        var shape = BenchmarkShape.CreateRagged(2000, 512, seed: 4);

        Assert.Equal(shape.Lengths, BenchmarkShape.CreateRagged(2000, 512, seed: 4).Lengths);
        Assert.Equal((512, true), (shape.Lengths.Max(), shape.Lengths.Min() >= 24));
        Assert.InRange(shape.Lengths.Average(), 128, 145);
    }

    private sealed class Collector(List<string> names) : IProgress<EngineBenchmarkRow>
    {
        public void Report(EngineBenchmarkRow value) => names.Add(value.Name);
    }
}
