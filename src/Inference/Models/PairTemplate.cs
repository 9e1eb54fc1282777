namespace Reranker.Inference.Models;

/// <summary>
/// How a pair reads to one model: which special tokens stand before the query, between query and passage, and behind the passage.
/// XLM-RoBERTa's is <see cref="XlmRoberta"/>; BERT's is <c>[CLS] query [SEP] passage [SEP]</c>.
/// </summary>
public sealed class PairTemplate
{
    private readonly int[] _between;

    /// <summary>Makes a template.</summary>
    /// <param name="begin">Id of the token before the query.</param>
    /// <param name="between">Ids of the tokens between query and passage; at least one.</param>
    /// <param name="end">Id of the token behind the passage.</param>
    public PairTemplate(int begin, ReadOnlySpan<int> between, int end)
    {
        ArgumentOutOfRangeException.ThrowIfZero(between.Length);
        (Begin, _between, End) = (begin, between.ToArray(), end);
    }

    /// <summary><c>&lt;s&gt; query &lt;/s&gt;&lt;/s&gt; passage &lt;/s&gt;</c>.</summary>
    public static PairTemplate XlmRoberta { get; } = new(PairLayout.BeginId, [PairLayout.EndId, PairLayout.EndId], PairLayout.EndId);

    /// <summary>Id of the token before the query, whose hidden state the classifier reads.</summary>
    public int Begin { get; }

    /// <summary>Ids of the tokens between query and passage.</summary>
    public IReadOnlyList<int> Between => _between;

    /// <summary>Id of the token behind the passage.</summary>
    public int End { get; }

    /// <summary>Tokens of a pair that are not text.</summary>
    public int SpecialTokens => _between.Length + 2;

    /// <summary>Reads what <see cref="ListIds"/> gives.</summary>
    /// <exception cref="ArgumentException">These are fewer ids than a template has.</exception>
    public static PairTemplate FromIds(ReadOnlySpan<int> ids) => ids.Length > 2
        ? new PairTemplate(ids[0], ids[1..^1], ids[^1])
        : throw new ArgumentException($"A template has three ids at least, not {ids.Length}.", nameof(ids));

    /// <summary>All its ids in the order in which a pair has them.</summary>
    public int[] ListIds() => [Begin, .. _between, End];

    /// <summary>True when both write the same pairs.</summary>
    public bool IsSameAs(PairTemplate other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Begin == other.Begin && End == other.End && _between.AsSpan().SequenceEqual(other._between);
    }

    /// <summary>Writes a pair but for its passage.</summary>
    /// <param name="query">The query's ids.</param>
    /// <param name="pair">Room for exactly one pair: the query, the passage and <see cref="SpecialTokens"/>.</param>
    /// <returns>The part of <paramref name="pair"/> that the passage's ids belong in.</returns>
    public Span<int> WriteQueryAndSpecialTokens(ReadOnlySpan<int> query, Span<int> pair)
    {
        pair[0] = Begin;
        query.CopyTo(pair[1..]);
        _between.CopyTo(pair[(1 + query.Length)..]);
        pair[^1] = End;
        return pair[(1 + query.Length + _between.Length)..^1];
    }
}
