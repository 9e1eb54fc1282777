namespace Reranker.Inference.Tokenization;

/// <summary>Token ids of one text, without special tokens.</summary>
/// <param name="Ids">The ids that were kept.</param>
/// <param name="CutTokens">Tokens that were cut.</param>
/// <param name="IsExact">True when the whole text was read. False: it was cut by characters before, and
/// <paramref name="CutTokens"/> is an estimate of at least one.</param>
/// <param name="CharactersRead">UTF-16 code units of the part that was read.</param>
public readonly record struct TokenizedText(int[] Ids, int CutTokens, bool IsExact, int CharactersRead)
{
    /// <summary>
    /// Numbers of kept ids behind which a sentence ends and another begins, in order; null where nobody asked, or the tokenizer cannot tell.
    /// </summary>
    public int[]? SentenceEnds { get; init; }

    /// <summary>Tokens of the whole text; an estimate where it was not read to its end.</summary>
    public int Tokens => Ids.Length + CutTokens;

    /// <summary>Tokens that the text has for certain.</summary>
    public int KnownTokens => IsExact ? Tokens : Ids.Length + 1;
}
