using System.Collections.Concurrent;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Targets;

namespace Reranker.LoadTest.Verification;

/// <summary>
/// Expects of every pair the logit that it got alone, one a request, before the load: a score may not depend on who shares
/// the batch.
/// </summary>
internal static class PairsAlone
{
    private const int AtOnce = 4;

    /// <summary>Scores every pair of the requests alone and writes what they must answer. Returns the number of pairs.</summary>
    /// <exception cref="LoadTestException">A pair was not scored.</exception>
    public static async Task<int> ExpectAsync(IReadOnlyList<LoadBody> bodies, ILoadTarget target, CancellationToken cancellationToken)
    {
        var alone = new ConcurrentDictionary<(string Query, string Passage), float>();
        await Parallel.ForEachAsync(
            bodies.SelectMany(b => b.Passages.Select(p => (b.Query, Passage: p))).Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (pair, token) =>
            {
                var logit = new float[1];
                var answer = await target.SendAsync(LoadBody.Create(pair.Query, [pair.Passage]), logit, token);
                alone[pair] = answer.Error is null ? logit[0] : throw new LoadTestException($"A pair alone was not scored: {answer.Error}.");
            });
        foreach (var body in bodies)
        {
            body.Expected = [.. body.Passages.Select(p => alone[(body.Query, p)])];
        }

        return alone.Count;
    }
}
