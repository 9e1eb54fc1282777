namespace Reranker.Inference.Tokenization;

/// <summary>A pair has more tokens than allowed and may not be cut.</summary>
public sealed class PairTooLongException : Exception
{
    /// <summary>Creates the error for one passage.</summary>
    public PairTooLongException(int passageIndex, int tokens, int maxTokens)
        : base($"Passage {passageIndex} and the query have {tokens} tokens together; at most {maxTokens} are allowed.")
        => (PassageIndex, Tokens, MaxTokens) = (passageIndex, tokens, maxTokens);

    /// <summary>The same error of another passage, for callers that number them otherwise.</summary>
    public PairTooLongException Of(int passageIndex) => new(passageIndex, Tokens, MaxTokens);

    /// <summary>Index of the passage in the request.</summary>
    public int PassageIndex { get; }

    /// <summary>Tokens of the pair, special tokens included; at least this many where the text was not read to its end.</summary>
    public int Tokens { get; }

    /// <summary>The limit.</summary>
    public int MaxTokens { get; }
}
