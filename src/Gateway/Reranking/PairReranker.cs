using Reranker.Client;
using Reranker.Requests;

namespace Reranker.Gateway.Reranking;

/// <summary>
/// Scores passages that have a query each. The cluster takes one query a request, so that each different query becomes a request of
/// its own; the reply is one, or the first failure, which ends the others.
/// </summary>
internal sealed class PairReranker(IReranker reranker, TimeProvider time)
{
    private const int MaxRequestsAtOnce = 16;

    private static readonly TimeSpan RetryAfterChange = TimeSpan.FromSeconds(1);

    /// <summary>Scores each passage with the query at its place.</summary>
    public async Task<RerankResponse> TryRerankAsync(
        string[] queries, string[] passages, RerankOptions options, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var groups = Enumerable.Range(0, queries.Length).GroupBy(index => queries[index], StringComparer.Ordinal).Select(static group => group.ToArray()).ToArray();
        var results = new RerankResult?[groups.Length];
        RerankResponse? failure = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = MaxRequestsAtOnce, CancellationToken = stop.Token };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, groups.Length), limits, async (at, stopped) =>
            {
                var response = await SendAsync(groups[at], stopped);
                results[at] = response.Result;
                if (!response.IsOk)
                {
                    Interlocked.CompareExchange(ref failure, NameQuery(response, groups[at][0]), null);
                    await stop.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // The others were ended by the failure.
        }

        return failure ?? Merge(groups, results!, queries.Length);

        async Task<RerankResponse> SendAsync(int[] group, CancellationToken stopped)
        {
            var remaining = options.Deadline - time.GetElapsedTime(started);
            return remaining <= TimeSpan.Zero
                ? new RerankResponse { Outcome = RerankOutcome.Expired, Error = "The deadline passed before all queries were sent." }
                : await reranker.TryRerankAsync(
                    queries[group[0]], Array.ConvertAll(group, index => passages[index]), options with { Deadline = remaining }, stopped);
        }
    }

    // Passages in the message are counted within the request of that query.
    private static RerankResponse NameQuery(RerankResponse response, int index) =>
        response.Outcome is RerankOutcome.Invalid or RerankOutcome.TooLong ? response with { Error = $"Query {index}: {response.Error}" } : response;

    private static RerankResponse Merge(int[][] groups, RerankResult[] results, int count)
    {
        var first = results[0];
        if (Array.Exists(results, result => result.ModelIdentity != first.ModelIdentity))
        {
            return new RerankResponse
            {
                Outcome = RerankOutcome.Unavailable,
                Error = "The model was changed while the pairs were scored.",
                RetryAfter = RetryAfterChange,
            };
        }

        var scores = new PassageScore[count];
        foreach (var (group, result) in groups.Zip(results))
        {
            for (var place = 0; place < group.Length; place++)
            {
                scores[group[place]] = result.Passages[place] with { Index = group[place] };
            }
        }

        return new RerankResponse
        {
            Outcome = RerankOutcome.Ok,
            Result = first with
            {
                Passages = scores,
                Usage = SumUsage(results),
                Timings = results.MaxBy(static result => result.WorkerTime)!.Timings,
                WorkerTime = results.Max(static result => result.WorkerTime),
            },
        };
    }

    private static RerankUsage SumUsage(RerankResult[] results)
    {
        var sum = default(RerankUsage);
        foreach (var usage in results.Select(static result => result.Usage))
        {
            sum = new RerankUsage(
                sum.Tokens + usage.Tokens,
                sum.QueryTokens + usage.QueryTokens,
                sum.TruncatedQueryTokens + usage.TruncatedQueryTokens,
                sum.TruncatedPassages + usage.TruncatedPassages)
            {
                ChunkedPassages = sum.ChunkedPassages + usage.ChunkedPassages,
                Chunks = sum.Chunks + usage.Chunks,
            };
        }

        return sum;
    }
}
