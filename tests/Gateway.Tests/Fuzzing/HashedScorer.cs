using System.Text;
using Reranker.Fuzz.Oracle;

namespace Reranker.Gateway.Tests.Fuzzing;

/// <summary>Gives every pair of texts a logit of its own, so that a score in the wrong place is seen.</summary>
internal sealed class HashedScorer : IPassageScorer
{
    private const int TokensPerPair = 10;

    public static float LogitOf(string query, string passage)
    {
        var hash = 2_166_136_261u;
        foreach (var value in Encoding.UTF8.GetBytes($"{query}\0{passage}"))
        {
            hash = (hash ^ value) * 16_777_619;
        }

        hash = (hash ^ (hash >> 15)) * 0x2C1B3C6D;
        return ((float)(hash >> 8) / (1 << 20)) - 8;
    }

    public ValueTask<ScoredPassages> ScoreAsync(ReferenceCall call, CancellationToken cancellationToken) => ValueTask.FromResult(new ScoredPassages(
        [.. call.Passages.Select((passage, index) => LogitOf(call.Queries?[index] ?? call.Query, passage))], call.Passages.Length * TokensPerPair, Truncated: null));
}
