namespace Reranker.Estimates;

/// <summary>What is assumed of the tokens of texts that nobody has tokenized yet.</summary>
internal static class TextTokens
{
    /// <summary>Tokens of a pair that are of neither text: <c>&lt;s&gt; query &lt;/s&gt;&lt;/s&gt; passage &lt;/s&gt;</c>.</summary>
    public const int SpecialTokensPerPair = 4;

    /// <summary>Tokens a UTF-16 code unit until something was measured: between English (0.25) and Chinese (0.7).</summary>
    public const double AssumedPerCharacter = 0.4;

    /// <summary>The density that the fleet tells of a model's texts, or the assumed one where it tells none.</summary>
    public static double ChooseDensity(double reportedDensity) => reportedDensity > 0 && double.IsFinite(reportedDensity) ? reportedDensity : AssumedPerCharacter;

    /// <summary>Characters of all pairs of a request: every pair has the query.</summary>
    public static double CountPairCharacters(int queryCharacters, long passageCharacters, int passages)
        => ((double)queryCharacters * passages) + passageCharacters;

    /// <summary>Tokens of all pairs of a request, from the length of its texts; nothing is cut and no passage is another's equal.</summary>
    public static double EstimatePairTokens(int queryCharacters, long passageCharacters, int passages, double density)
        => (CountPairCharacters(queryCharacters, passageCharacters, passages) * density) + ((double)SpecialTokensPerPair * passages);
}
