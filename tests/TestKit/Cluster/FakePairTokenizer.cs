using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.TestKit.Cluster;

/// <summary>One token a UTF-16 code unit; only the passage is cut.</summary>
public sealed class FakePairTokenizer : IPairTokenizer
{
    /// <summary>Id of a character: below 65,540, so both widths of the wire occur.</summary>
    public static int Id(char c) => c + 4;

    /// <summary>The joined pair as a worker must see it.</summary>
    public static int[] Pair(string query, string passage)
        => [0, .. query.Select(Id), 2, 2, .. passage.Select(Id), 2];

    /// <inheritdoc/>
    public async ValueTask<TokenizedRequest> TokenizeAsync(
        string query, IReadOnlyList<string> passages, TruncationRule rule, string tenant, CancellationToken cancellationToken)
    {
        // Like the real one, it never completes on the caller's turn.
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        var room = rule.CountPassageCapacity(query.Length);
        int[]? cut = null;
        var ids = new int[passages.Count][];
        for (var i = 0; i < ids.Length; i++)
        {
            if (passages[i].Length > room && !rule.Allowed)
            {
                throw new PairTooLongException(i, passages[i].Length + query.Length + PairLayout.SpecialTokens, rule.MaxPairTokens);
            }

            ids[i] = [.. passages[i].Take(room).Select(Id)];
            if (ids[i].Length < passages[i].Length)
            {
                (cut ??= new int[ids.Length])[i] = passages[i].Length - ids[i].Length;
            }
        }

        return new TokenizedRequest
        {
            QueryIds = [.. query.Select(Id)],
            PassageIds = ids,
            CutTokens = cut,
            Characters = query.Length + passages.Sum(p => (long)p.Length),
        };
    }
}
