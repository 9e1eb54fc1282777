using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>The tokenizer of a model: one text to ids, and how a model reads two of them.</summary>
/// <remarks>Thread-safe: nothing changes after loading.</remarks>
public interface ITextTokenizer
{
    /// <summary>Rows that the embedding table must have at least.</summary>
    int VocabularySize { get; }

    /// <summary>How a pair is put together.</summary>
    PairTemplate Template { get; }

    /// <summary>Id of what the vocabulary does not know; null where it knows everything.</summary>
    int? UnknownId { get; }

    /// <summary>Tokenizes one text. Special tokens are never read from it: what looks like one is text.</summary>
    /// <param name="text">Any UTF-16 text.</param>
    /// <param name="maxTokens">Most tokens to keep.</param>
    /// <param name="keepEnd">False keeps the beginning, true the end.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxTokens"/> is negative.</exception>
    TokenizedText Encode(ReadOnlySpan<char> text, int maxTokens = int.MaxValue, bool keepEnd = false);

    /// <summary>The same ids, and behind which of them sentences end (<see cref="TokenizedText.SentenceEnds"/>).</summary>
    /// <inheritdoc cref="Encode"/>
    TokenizedText EncodeSentences(ReadOnlySpan<char> text, int maxTokens = int.MaxValue, bool keepEnd = false);
}
