using System.Text.Json;
using Reranker.Benchmarking.Load;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.TestKit.Engines;

namespace Reranker.Benchmarking.Tests.Load;

public sealed class LoadBenchmarkTests
{
    private static readonly LoadBenchmarkOptions Quick = new()
    {
        Passages = 3,
        Requests = 4,
        JobPassages = 40,
        Shares = [0.5],
        Delays = [TimeSpan.Zero, TimeSpan.FromMilliseconds(1)],
        DelayShares = [0.3],
        Seconds = 0.2,
        WarmUpSeconds = 0.05,
        // A minute, so that a machine that is busy with something else loses no request.
        Deadline = TimeSpan.FromMinutes(1),
    };

    [Theory(Timeout = 120_000)]
    [InlineData(CostForm.Packed)]
    [InlineData(CostForm.Padded)]
    public async Task Every_load_has_a_row_and_no_request_is_lost(object form)
    {
        // Slow enough that a share of its rate is no flood.
        var engine = new DescribedEngine((CostForm)form, maxPairs: 8, maxTokens: 4096) { RunTime = TimeSpan.FromMilliseconds(4) };
        var report = await new LoadBenchmark(Quick, TimeProvider.System).RunAsync(engine, progress: null, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["saturated", "one request at a time", "50 % of offline", "8 passages, one at a time", "8 passages at 20 %", "8 passages at 20 % beside 40", "30 %, delay 0 ms", "30 %, delay 1 ms"],
            report.Rows.Select(r => r.Name.Split(", ")[0] == "saturated" ? "saturated" : r.Name));
        Assert.All(report.Rows, r =>
        {
            Assert.Equal(0, r.Unanswered);
            Assert.InRange(r.BatchPairs, 0, 8);
            Assert.True(r.P50Milliseconds <= r.P90Milliseconds && r.P90Milliseconds <= r.P99Milliseconds && r.P99Milliseconds <= r.MaxMilliseconds);
        });
        Assert.Equal([1024, 2048, 4096], report.Offline.Select(r => r.MaxTokens));
        Assert.Equal(report.Offline.Max(r => r.PairsPerSecond), report.OfflinePairsPerSecond);
        Assert.Equal(report.Rows.Count, JsonDocument.Parse(report.ToJson()).RootElement.GetProperty("rows").GetArrayLength());
        Assert.Contains("beside 40", LoadBenchmarkTable.FormatReport(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_metered_lane_stages_where_its_engine_s_lane_does_and_counts_both_ways()
    {
        ReadOnlyMemory<int>[] pairs = [new int[10], new int[20]];
        var plain = new MeteredEngine(new DescribedEngine(CostForm.Packed, 8, 4096), TimeProvider.System);
        using var lane = plain.CreateLane();
        Assert.False(lane is IStagingLane);
        lane.Run(pairs, new float[2]);
        Assert.Equal((1, 2, 30), (plain.Now.Runs, plain.Now.Pairs, plain.Now.Tokens));

        var staging = new MeteredEngine(new DescribedEngine(CostForm.Packed, 8, 4096) { Stages = true }, TimeProvider.System);
        using var staged = Assert.IsAssignableFrom<IStagingLane>(staging.CreateLane());
        staged.Stage(pairs);
        Assert.Equal(0, staging.Now.Runs);
        var logits = new float[2];
        staged.RunStaged(logits);
        staged.Run(pairs, new float[2]);
        Assert.Equal((2, 4, 60), (staging.Now.Runs, staging.Now.Pairs, staging.Now.Tokens));
        Assert.DoesNotContain(float.NaN, logits);
    }

    [Fact]
    public void Samples_tell_what_was_due_in_the_window_from_what_was_answered_in_it()
    {
        static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
        var samples = new LoadSamples(warmUp: At(1), duration: At(2));
        samples.AddEndedRequest(due: At(0.5), now: At(1.5), pairs: 10, answered: true);
        samples.AddEndedRequest(due: At(1), now: At(1.1), pairs: 20, answered: true);
        samples.AddEndedRequest(due: At(2.9), now: At(3.9), pairs: 40, answered: true);
        samples.AddEndedRequest(due: At(2), now: At(2.1), pairs: 80, answered: false);
        samples.AddEndedRequest(due: At(3), now: At(3.1), pairs: 160, answered: false);

        var row = samples.CreateRow("x", null, default, new MeteredEngine.Reading(2 * TimeProvider.System.TimestampFrequency, 4, 40, 400, TimeProvider.System.TimestampFrequency), lanes: 1, TimeProvider.System);

        Assert.Equal((10 + 20) / 2.0, row.PairsPerSecond);
        Assert.Equal((2, 1), (row.Requests, row.Unanswered));
        Assert.Equal(100, row.P50Milliseconds, 6);
        Assert.Equal(1000, row.P99Milliseconds, 6);
        Assert.Equal((10, 100, 250, 0.5), (row.BatchPairs, row.BatchTokens, row.BatchMilliseconds, row.BusyShare));
    }
}
