using Reranker.Estimates;

namespace Reranker.Requests;

/// <summary>
/// The limits of a request. The client checks them before it sends, because a message above them would tear down connections, and a
/// silo before it works, because not every caller is this client.
/// </summary>
internal static class RequestLimits
{
    private const int MinPairTokens = TextTokens.SpecialTokensPerPair + 2;

    /// <summary>What is wrong with a request, in one sentence for its caller; null when nothing is.</summary>
    /// <param name="request">The request, as it came; its parts may be null.</param>
    /// <param name="passageCharacters">Characters of all passages; of use only when nothing is wrong.</param>
    public static string? FindProblem(RerankRequest request, out long passageCharacters)
    {
        passageCharacters = 0;
        if (string.IsNullOrWhiteSpace(request.Query))
        {
            return "The query is empty or only white space.";
        }

        if (request.Passages is not { Length: > 0 } passages)
        {
            return "There are no passages.";
        }

        if (passages.Length > Limits.MaxPassages)
        {
            return $"There are {passages.Length} passages; at most {Limits.MaxPassages} are allowed.";
        }

        for (var i = 0; i < passages.Length; i++)
        {
            if (passages[i] is not { } passage)
            {
                return $"Passage {i} is null.";
            }

            passageCharacters += passage.Length;
        }

        return passageCharacters + request.Query.Length > Limits.MaxRequestCharacters
            ? $"The texts have {passageCharacters + request.Query.Length} characters together; at most {Limits.MaxRequestCharacters} are allowed."
            : FindTruncationProblem(request.Truncation);
    }

    /// <summary>What is wrong with the time that a caller asks for; null when nothing is.</summary>
    public static string? FindDeadlineProblem(TimeSpan deadline) => deadline <= TimeSpan.Zero || deadline > Limits.MaxDeadline
        ? $"The deadline must be positive and at most {Limits.MaxDeadline.TotalSeconds:0} s."
        : null;

    private static string? FindTruncationProblem(TruncationOptions? truncation) => truncation switch
    {
        null => "The truncation options are null.",
        { MaxPairTokens: < MinPairTokens } => $"A pair needs at least {MinPairTokens} tokens.",
        { MaxPassageTokens: < 1 } => "A passage needs at least one token.",
        { MaxQueryTokens: < 1 } => "The query needs at least one token.",
        { MaxChunks: < 1 or > Limits.MaxChunks } => $"A passage may have 1 to {Limits.MaxChunks} chunks.",
        { ChunkOverlap: < 0 } => "The overlap of chunks must not be negative.",
        _ => null,
    };
}
