using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>How the scoring of a request ended: with the body of its reply, or with an error.</summary>
/// <param name="Reply">To be sent and disposed; null with an error.</param>
/// <param name="Error">Null with a reply.</param>
internal readonly record struct ReplyOrError(PooledBuffer? Reply, GatewayError? Error)
{
    public static implicit operator ReplyOrError(PooledBuffer reply) => new(reply, null);

    public static implicit operator ReplyOrError(GatewayError error) => new(null, error);
}
