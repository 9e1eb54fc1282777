using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Reranking;

/// <summary>Whether long passages are scored in chunks: as the body says, else the headers, else the options.</summary>
internal static class ChunkingResolver
{
    /// <summary>The call with its chunks settled.</summary>
    /// <exception cref="RequestFormatException">A field or a header is out of range.</exception>
    public static RerankCall ResolveChunking(RerankCall call, HttpRequest request, GatewayOptions options)
    {
        var (chunks, overlap, atSentences) = ReadHeaders(request);
        if (call.MaxChunks > Limits.MaxChunks)
        {
            throw new RequestFormatException(GatewayError.CreateInvalid($"A document may have at most {Limits.MaxChunks} chunks.", "max_chunks_per_doc"));
        }

        return call with
        {
            Truncation = call.Truncation with
            {
                MaxChunks = call.MaxChunks ?? chunks ?? options.MaxChunks,
                ChunkOverlap = call.ChunkOverlap ?? overlap ?? options.ChunkOverlap,
            },
            ChunkAtSentences = call.ChunkAtSentences ?? atSentences ?? options.ChunkAtSentences,
        };
    }

    /// <summary>Refuses headers that are out of range, before there is a body.</summary>
    /// <exception cref="RequestFormatException">One is.</exception>
    public static void CheckHeaders(HttpRequest request) => ReadHeaders(request);

    private static (int? Chunks, int? Overlap, bool? AtSentences) ReadHeaders(HttpRequest request) => (
        RequestHeaders.ReadWholeNumber(request, RequestHeaders.MaxChunks, 1, Limits.MaxChunks),
        RequestHeaders.ReadWholeNumber(request, RequestHeaders.ChunkOverlap, 0, int.MaxValue),
        RequestHeaders.ReadSwitch(request, RequestHeaders.ChunkAtSentences));
}
