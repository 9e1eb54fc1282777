using Grpc.Core;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Rpc;

/// <summary>A gRPC service's name in metrics and traces, and the status that its callers expect of an error.</summary>
internal sealed record RpcContract(string Name)
{
    /// <summary>Our own service.</summary>
    public static readonly RpcContract Reranker = new("grpc");

    /// <summary>Text Embeddings Inference's: overload is RESOURCE_EXHAUSTED there, and a failed model FAILED_PRECONDITION.</summary>
    public static readonly RpcContract Tei = new("grpc-tei") { Busy = StatusCode.ResourceExhausted, Failed = StatusCode.FailedPrecondition };

    /// <summary>KServe's.</summary>
    public static readonly RpcContract KServe = new("grpc-kserve");

    private StatusCode Busy { get; init; } = StatusCode.Unavailable;

    private StatusCode Failed { get; init; } = StatusCode.Internal;

    /// <summary>The status of an error.</summary>
    public StatusCode FindCode(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.Unauthorized => StatusCode.Unauthenticated,
        GatewayErrorKind.UnknownModel => StatusCode.NotFound,
        GatewayErrorKind.NoRoute => StatusCode.Unimplemented,
        GatewayErrorKind.BodyTooLarge or GatewayErrorKind.Quota => StatusCode.ResourceExhausted,
        GatewayErrorKind.Busy => Busy,
        GatewayErrorKind.Unavailable => StatusCode.Unavailable,
        GatewayErrorKind.Expired or GatewayErrorKind.BodyTooSlow => StatusCode.DeadlineExceeded,
        GatewayErrorKind.Failed => Failed,
        GatewayErrorKind.Internal => StatusCode.Internal,
        _ => StatusCode.InvalidArgument,
    };
}
