using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>How a pair is cut to fit.</summary>
/// <param name="MaxPairTokens">Most tokens of a pair, special tokens included.</param>
/// <param name="LongestFirst">False: only the passage is cut, and the query keeps at most three quarters of the pair.
/// True: the longer text loses tokens until both fit.</param>
/// <param name="KeepEnd">False keeps the beginning of a cut text, true its end.</param>
/// <param name="Allowed">False: a pair that does not fit is an error.</param>
/// <param name="MaxPassageTokens">Most tokens of a passage by itself, or null.</param>
/// <param name="MaxQueryTokens">Most tokens of the query by itself, or null for the strategy's own rule.</param>
/// <param name="MaxChunks">Most chunks of a passage, each a pair of its own; with 1 a passage is not cut into chunks. With
/// more the query keeps at most three quarters of the pair whatever the strategy, and the passage keeps what its chunks hold.</param>
/// <param name="ChunkOverlap">Tokens that neighbouring chunks share; at most half of a chunk is.</param>
/// <param name="SpecialTokens">Tokens of a pair that are not text, by the model's <see cref="PairTemplate"/>.</param>
/// <param name="AtSentences">Whether chunks end where sentences do, if there is such a place near.</param>
public readonly record struct TruncationRule(
    int MaxPairTokens,
    bool LongestFirst = false,
    bool KeepEnd = false,
    bool Allowed = true,
    int? MaxPassageTokens = null,
    int? MaxQueryTokens = null,
    int MaxChunks = 1,
    int ChunkOverlap = 0,
    int SpecialTokens = PairLayout.SpecialTokens,
    bool AtSentences = false)
{
    /// <summary>Most tokens of a passage beside a query, or of one of its chunks.</summary>
    public int CountPassageRoom(int queryTokens) => MaxPairTokens - SpecialTokens - queryTokens;

    /// <summary>Most tokens of a passage beside a query in all its chunks.</summary>
    public int CountPassageCapacity(int queryTokens) => PassageChunks.CountCapacity(CountPassageRoom(queryTokens), MaxChunks, ChunkOverlap);
}
