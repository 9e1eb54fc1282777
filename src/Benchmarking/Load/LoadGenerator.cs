using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Scoring;

namespace Reranker.Benchmarking.Load;

/// <summary>Gives works to a worker, when they are due or one after another.</summary>
internal sealed class LoadGenerator(IScoringWorker worker, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Open loop: works come at random whatever became of the earlier ones.</summary>
    public async Task SendOpenLoopAsync(IReadOnlyList<WorkItem> works, double requestsPerSecond, int seed, LoadSamples samples, CancellationToken cancellationToken)
    {
        var arrivals = new PoissonArrivals(requestsPerSecond, seed);
        var running = new List<Task>();
        var next = 0;
        await OpenLoop.SendArrivalsAsync(
            arrivals,
            samples.End,
            () => Now,
            due => running.Add(SendAsync(works[next++ % works.Count], due, samples, cancellationToken)),
            cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <summary>Closed loop: so many works are always on their way.</summary>
    public Task SendClosedLoopAsync(IReadOnlyList<WorkItem> works, int atOnce, LoadSamples samples, CancellationToken cancellationToken)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (Now is var due && due < samples.End)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var work = works[(int)((uint)Interlocked.Increment(ref next) % works.Count)];
                await SendAsync(work, due, samples, cancellationToken).ConfigureAwait(false);
            }
        }));
    }

    private async Task SendAsync(WorkItem work, TimeSpan due, LoadSamples samples, CancellationToken cancellationToken)
    {
        var result = await worker.ScoreAsync(work with { RequestId = Guid.NewGuid() }, cancellationToken).ConfigureAwait(false);
        samples.AddEndedRequest(due, Now, work.Count, result.Outcome == WorkOutcome.Ok);
        if (result.Outcome is WorkOutcome.Failed or WorkOutcome.Invalid or WorkOutcome.WrongModel)
        {
            throw new InvalidOperationException($"A work of the benchmark ended {result.Outcome}: {result.Error}");
        }
    }
}
