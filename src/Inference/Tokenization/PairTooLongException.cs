namespace Reranker.Inference.Tokenization;

/// <summary>A pair has more tokens than allowed and may not be cut.</summary>
public sealed class PairTooLongException : Exception
{
    private const string OfPair = "Passage {0} and the query have {1} tokens together; at most {2} are allowed.";
    private const string OfPassage = "Passage {0} has {1} tokens; its chunks hold at most {2}.";
    private const string OfQueryAlone = "The query has {1} tokens; at most {2} are allowed.";
    private readonly string _format;

    /// <summary>Creates the error for one passage.</summary>
    public PairTooLongException(int passageIndex, int tokens, int maxTokens)
        : this(OfPair, passageIndex, tokens, maxTokens)
    {
    }

    private PairTooLongException(string format, int passageIndex, int tokens, int maxTokens)
        : base(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, passageIndex, tokens, maxTokens))
        => (_format, PassageIndex, Tokens, MaxTokens) = (format, passageIndex, tokens, maxTokens);

    /// <summary>Index of the passage in the request; -1 where it is the query that is too long.</summary>
    public int PassageIndex { get; }

    /// <summary>Tokens of the pair with its special tokens, or of the text that is too long by itself; at least this many
    /// where the text was not read to its end.</summary>
    public int Tokens { get; }

    /// <summary>The limit.</summary>
    public int MaxTokens { get; }

    /// <summary>The error of a query that leaves no room for chunks.</summary>
    public static PairTooLongException CreateForQuery(int tokens, int maxTokens) => new(OfQueryAlone, -1, tokens, maxTokens);

    /// <summary>The error of a passage that needs more chunks than it may have.</summary>
    public static PairTooLongException CreateForChunks(int passageIndex, int tokens, int maxTokens) => new(OfPassage, passageIndex, tokens, maxTokens);

    /// <summary>The same error for callers that number passages otherwise.</summary>
    public PairTooLongException RenumberPassage(Func<int, int> mapIndex)
    {
        ArgumentNullException.ThrowIfNull(mapIndex);
        return PassageIndex < 0 ? this : new PairTooLongException(_format, mapIndex(PassageIndex), Tokens, MaxTokens);
    }
}
