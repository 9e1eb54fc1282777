using System.Buffers;
using Reranker.Benchmarking.Workloads;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Results;
using Reranker.LoadTest.Targets;

namespace Reranker.LoadTest.Sending;

/// <summary>
/// Sends requests in closed or open loop. In open loop a request is due at its moment whatever became of the earlier ones,
/// and its latency counts from then: a server that stalls is charged for everybody who would have come meanwhile.
/// </summary>
internal sealed class LoadRun(LoadOptions options, ILoadTarget target, IReadOnlyList<LoadBody> bodies, TimeProvider time)
{
    private readonly LoadRecorder _recorder = new(options.WarmUp, options.Duration, options.Deadline);
    private long _started;

    private TimeSpan End => options.WarmUp + options.Duration;

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Runs to the end: until every request that was sent has its answer.</summary>
    public async Task<LoadRecorder> RunAsync(CancellationToken cancellationToken)
    {
        _started = time.GetTimestamp();
        await (options.Rate is { } rate ? OpenLoopAsync(rate, cancellationToken) : ClosedLoopAsync(cancellationToken));
        return _recorder;
    }

    private Task ClosedLoopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Clients).Select(async client =>
        {
            var random = new Random(unchecked((options.Seed * 7919) + client));
            while (Now is var due && due < End && !cancellationToken.IsCancellationRequested)
            {
                await SendAsync(bodies[random.Next(bodies.Count)], due, cancellationToken);
                // An answer that is there at once must not make the loop one long synchronous call.
                await Task.Yield();
            }
        }));

    private async Task OpenLoopAsync(double rate, CancellationToken cancellationToken)
    {
        var arrivals = new PoissonArrivals(rate, options.Seed);
        var random = new Random(unchecked(options.Seed + 1));
        var running = new HashSet<Task>();
        await OpenLoop.SendArrivalsAsync(arrivals, End, () => Now, Send, cancellationToken);
        await Task.WhenAll(running);

        void Send(TimeSpan due)
        {
            var sent = SendAsync(bodies[random.Next(bodies.Count)], due, cancellationToken);
            if (!sent.IsCompleted)
            {
                running.Add(sent);
            }

            if (running.Count > 64 && running.Count % 64 == 0)
            {
                running.RemoveWhere(static t => t.IsCompleted);
            }
        }
    }

    private async Task SendAsync(LoadBody body, TimeSpan due, CancellationToken cancellationToken)
    {
        var scores = ArrayPool<float>.Shared.Rent(body.Passages.Count);
        var mine = scores.AsMemory(0, body.Passages.Count);
        _recorder.Sent(due, Now);
        using var patience = new CancellationTokenSource(options.GiveUp ?? Timeout.InfiniteTimeSpan, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var answer = await target.SendAsync(body, mine, stop.Token);
        var done = Now;
        if (answer.Error is not null && patience.IsCancellationRequested)
        {
            answer = answer with { Error = Answer.GivenUp };
        }

        if (answer.Error is null && body.Expected is { } expected)
        {
            answer = answer with { Error = Check(expected, mine.Span) };
        }

        ArrayPool<float>.Shared.Return(scores);
        _recorder.Answered(due, done, body.Passages.Count, answer);
    }

    private string? Check(ReadOnlySpan<float> expected, ReadOnlySpan<float> scores)
    {
        var worst = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs((double)scores[i] - expected[i]));
        }

        _recorder.Compared(worst);
        return worst > options.Tolerance ? "wrong score" : null;
    }
}
