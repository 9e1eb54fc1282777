using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.Sentences;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>What a <see cref="FastTokenizer"/> is made of.</summary>
internal sealed record TokenizerParts
{
    /// <summary>Changes a text before it is split; null for nothing.</summary>
    public TextNormalizer? Normalize { get; init; }

    /// <summary>Splits it into words.</summary>
    public required WordSplitter Split { get; init; }

    /// <summary>What is put before a text; null for nothing.</summary>
    public PrefixRule? Prefix { get; init; }

    /// <summary>Splits words into tokens.</summary>
    public required IWordModel Model { get; init; }

    /// <summary>
    /// Tells from the tokens where a sentence ends without white space; null where words end there in any case, so that the text may be cut
    /// there.
    /// </summary>
    public Lazy<PieceEnds>? Ends { get; init; }

    /// <summary>Added tokens that are looked for in the text as it is.</summary>
    public required AddedTokens RawTokens { get; init; }

    /// <summary>Added tokens that are looked for in the normalized text.</summary>
    public required AddedTokens NormalizedTokens { get; init; }

    /// <summary>How a pair is put together.</summary>
    public required PairTemplate Template { get; init; }

    /// <summary>True where passage and query are of two segments.</summary>
    public required bool HasTwoSegments { get; init; }

    /// <summary>All tokens.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => Vocabulary.Values.Max() + 1;
}
