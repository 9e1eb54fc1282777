using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Quantization.Choice;

/// <summary>Labelled queries in a model's own ids.</summary>
internal sealed class ChoiceQueries
{
    private readonly IReadOnlyList<RankingQuery> _queries;

    private readonly IReadOnlyList<int[][]> _pairs;

    private ChoiceQueries(IReadOnlyList<RankingQuery> queries, IReadOnlyList<int[][]> pairs) => (_queries, _pairs) = (queries, pairs);

    /// <summary>The places of all queries.</summary>
    public IReadOnlyList<int> All => [.. Enumerable.Range(0, Count)];

    /// <summary>Number of queries.</summary>
    public int Count => _queries.Count;

    /// <summary>Encodes queries.</summary>
    public static async Task<ChoiceQueries> EncodeAsync(
        IReadOnlyList<RankingQuery> queries, ITextTokenizer texts, ModelShape shape, CancellationToken cancellationToken)
    {
        using var tokenizer = new PairTokenizer(texts, new TokenizerOptions(), TimeProvider.System);
        var rule = new TruncationRule(Math.Min(shape.MaxPositions, 512));
        var pairs = new List<int[][]>();
        foreach (var query in queries)
        {
            var request = await tokenizer.TokenizeAsync(query.Query, query.Documents, rule, cancellationToken);
            pairs.Add([.. Enumerable.Range(0, query.Documents.Count).Select(i =>
            {
                var ids = new int[request.CountPairTokens(i)];
                request.CopyPair(i, ids);
                return ids;
            })]);
        }

        return new ChoiceQueries(queries, pairs);
    }

    /// <summary>
    /// Half of each set's queries, by a seed, and the other half. Of an odd number the second half has one more.
    /// </summary>
    public (IReadOnlyList<int> First, IReadOnlyList<int> Second) Split(int seed)
    {
        var random = new Random(seed);
        var first = new SortedSet<int>();
        foreach (var set in _queries.Index().GroupBy(q => q.Item.Set).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            int[] members = [.. set.Select(q => q.Index)];
            random.Shuffle(members);
            first.UnionWith(members[..(members.Length / 2)]);
        }

        return ([.. first], [.. All.Where(i => !first.Contains(i))]);
    }

    /// <summary>The pairs of some queries, query by query.</summary>
    public IReadOnlyList<int[]> ListPairs(IEnumerable<int> part) => [.. part.SelectMany(i => _pairs[i])];

    /// <summary>Puts logits back to their queries.</summary>
    /// <param name="part">The queries.</param>
    /// <param name="logits">One a pair of <see cref="ListPairs"/>.</param>
    public IReadOnlyList<RankedQuery> Rank(IEnumerable<int> part, float[] logits)
    {
        var ranked = new List<RankedQuery>();
        var at = 0;
        foreach (var query in part.Select(i => _queries[i]))
        {
            ranked.Add(new RankedQuery(query.Set, query.Lang, query.Relevant, logits[at..(at + query.Documents.Count)]));
            at += query.Documents.Count;
        }

        return ranked;
    }
}
