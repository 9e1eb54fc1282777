using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>A call with what its reply has to repeat.</summary>
internal sealed record KServeCall : RerankCall
{
    /// <summary>The caller's name of it; null or empty where it gave none.</summary>
    public string? Id { get; init; }

    /// <summary>The shape of the passages, which is that of the scores.</summary>
    public required long[] Shape { get; init; }

    /// <summary>The tensors to return.</summary>
    public required IReadOnlyList<KServeOutput> Outputs { get; init; }
}
