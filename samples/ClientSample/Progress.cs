using System.Runtime.CompilerServices;
using Reranker.Client;

namespace ClientSample;

/// <summary>What a page shows while its search is ranked: the hits so far, best first, and in the end how it went.</summary>
internal sealed record Progress(string State, IReadOnlyList<Hit> Hits)
{
    public static async IAsyncEnumerable<Progress> TellAsync(IAsyncEnumerable<RerankPart> parts, [EnumeratorCancellation] CancellationToken stop)
    {
        var scores = new Dictionary<int, PassageScore>();
        var generation = 0;
        await foreach (var part in parts.WithCancellation(stop))
        {
            if (part.Generation > generation)
            {
                // Another identity of the model scores the search now: earlier scores do not compare with its own.
                generation = part.Generation;
                scores.Clear();
            }

            foreach (var score in part.Scores)
            {
                scores[score.Index] = score;
            }

            yield return new Progress(
                part.Response?.Outcome.ToString() ?? "Running",
                part.Response is { IsOk: false }
                    ? []
                    : [.. scores.Values.OrderByDescending(static s => s.Logit).ThenBy(static s => s.Index).Take(3)
                        .Select(static s => new Hit(Articles.All[s.Index], s.Score, s.TruncatedTokens > 0))]);
        }
    }
}
