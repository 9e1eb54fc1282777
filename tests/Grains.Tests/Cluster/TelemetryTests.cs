using System.Collections.Concurrent;
using System.Diagnostics;
using Reranker.Grains.Telemetry;
using Reranker.Inference.Scoring;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>What an operator sees of a request, and what nobody may see.</summary>
[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests : IDisposable
{
    private const string Secret = "zanzibar";
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly ActivitySource _source = new("Reranker.Grains.Tests");
    private readonly ActivityListener _listener;

    public TelemetryTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is GrainsTelemetry.Name or "Microsoft.Orleans.Application" or "Reranker.Grains.Tests",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task A_request_over_two_silos_is_one_tree()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([], [worker]);

        ActivityTraceId trace;
        ActivitySpanId parent;
        using (var root = _source.StartActivity("root"))
        {
            (trace, parent) = (root!.TraceId, root.SpanId);
            Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a", "b"])).Outcome);
        }

        Activity[] spans = [];
        for (var i = 0; i < 200 && spans.Count(s => s.OperationName is "rerank" or "plan" or "score") < 3; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            spans = [.. _activities.Where(a => a.TraceId == trace)];
        }

        var byId = spans.ToDictionary(s => s.SpanId);
        Assert.All(spans.Where(s => s.SpanId != parent), s => Assert.Contains(s.ParentSpanId, byId));
        var rerank = Assert.Single(spans, s => s.OperationName == "rerank");
        Assert.Equal(rerank.SpanId, Assert.Single(spans, s => s.OperationName == "plan").ParentSpanId);
        var score = Assert.Single(spans, s => s.OperationName == "score");
        Assert.Equal(rerank.SpanId, score.ParentSpanId);
        Assert.Equal("Ok", score.GetTagItem("reranker.outcome"));
        Assert.Equal(trace, Assert.Single(worker.Works).Parent.TraceId);
    }

    [Fact]
    public async Task An_unsampled_trace_is_not_sampled_on_the_way()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([], [worker]);
        using var root = new Activity("unsampled").SetIdFormat(ActivityIdFormat.W3C).Start();

        await cluster.RerankAsync("q", ["a"]);

        Assert.Equal(root.TraceId, Assert.Single(worker.Works).Parent.TraceId);
    }

    [Fact]
    public async Task Texts_are_in_no_log_line_and_no_tag_whatever_happens_to_them()
    {
        FakeScoringWorker broken = new(FakeModel.Default) { Ordinal = 0 }, whole = new(FakeModel.Default) { Ordinal = 1 };
        broken.Script = FakeScoringWorker.Always(WorkOutcome.Failed);
        await using var cluster = await RerankerTestCluster.StartAsync([broken, whole], []);
        var long600 = string.Concat(Enumerable.Repeat(Secret, 75));
        var request = new RerankRequest
        {
            Query = Secret,
            Passages = [Secret, long600],
            RemainingMilliseconds = 30_000,
            Truncation = new TruncationOptions { Allowed = false },
        };

        var cancellation = TestContext.Current.CancellationToken;
        var replies = new List<RerankReply> { await cluster.Shard(0).RerankAsync(request, cancellation) };
        for (var i = 0; i < 6; i++)
        {
            replies.Add(await cluster.Shard(i).RerankAsync(request with { Truncation = new() }, cancellation));
        }

        whole.Script = (_, _) => throw new InvalidOperationException("worker broke");
        replies.Add(await cluster.Shard(0).RerankAsync(request with { Truncation = new() }, cancellation));

        Assert.Equal([RerankOutcome.TooLong, RerankOutcome.Ok, RerankOutcome.Failed], replies.Select(r => r.Outcome).Distinct());
        Assert.NotEmpty(broken.Works);
        Assert.Contains(cluster.Log.Lines, l => l.Contains("failed sub-batch", StringComparison.Ordinal));
        Assert.DoesNotContain(cluster.Log.Lines, HasText);
        Assert.DoesNotContain(replies, r => HasText(r.Error ?? ""));
        Assert.DoesNotContain(_activities.SelectMany(a => a.TagObjects), t => HasText(t.Value?.ToString() ?? ""));
        Assert.DoesNotContain(_activities.SelectMany(a => a.Events).SelectMany(e => e.Tags), t => HasText(t.Value?.ToString() ?? ""));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }

    private static bool HasText(string text) => text.Contains(Secret, StringComparison.OrdinalIgnoreCase);
}
