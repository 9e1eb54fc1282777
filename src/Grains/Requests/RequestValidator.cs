using Reranker.Inference.Models;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>Checks a request against the limits of the wire.</summary>
internal static class RequestValidator
{
    /// <summary>One sentence for the caller, or null when the request is right.</summary>
    public static string? Check(RerankRequest request)
    {
        if (string.IsNullOrEmpty(request.Query))
        {
            return "The query is empty.";
        }

        if (request.Passages is not { Length: > 0 })
        {
            return "There are no passages.";
        }

        if (request.Passages.Length > Limits.MaxPassages)
        {
            return $"A request may have at most {Limits.MaxPassages} passages.";
        }

        long characters = request.Query.Length;
        foreach (var passage in request.Passages)
        {
            if (passage is null)
            {
                return "A passage is null.";
            }

            characters += passage.Length;
        }

        return characters > Limits.MaxRequestCharacters
            ? $"A request may have at most {Limits.MaxRequestCharacters} characters."
            : Check(request.Truncation);
    }

    private static string? Check(TruncationOptions? truncation) => truncation switch
    {
        null => "The truncation options are null.",
        { MaxPairTokens: <= PairLayout.SpecialTokens + 1 } => $"A pair needs more than {PairLayout.SpecialTokens + 1} tokens.",
        { MaxPassageTokens: < 1 } => "A passage needs at least one token.",
        { MaxQueryTokens: < 1 } => "The query needs at least one token.",
        { MaxChunks: < 1 or > Limits.MaxChunks } => $"A passage may have 1 to {Limits.MaxChunks} chunks.",
        { ChunkOverlap: < 0 } => "The overlap of chunks must not be negative.",
        _ => null,
    };
}
