using Grpc.Core;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Rpc;

/// <summary>What is known of a call before its service sees it.</summary>
/// <param name="Id">Id of the request.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Contract">The contract of its service.</param>
/// <param name="Started">Timestamp of its arrival.</param>
/// <param name="Deadline">The time that it asked for, all of its requests together; null where it did not.</param>
/// <param name="Body">Counts its messages.</param>
/// <param name="Budget">The memory of all requests.</param>
internal sealed record RpcCall(
    string Id, string Tenant, RpcContract Contract, long Started, TimeSpan? Deadline, CountedBody Body, ByteBudget Budget)
{
    /// <summary>Whether a message was read; if none was, an error that nobody foresaw is that of a message that is none.</summary>
    public bool IsMessageRead { get; set; }

    /// <summary>The call of a service's method.</summary>
    public static RpcCall Find(ServerCallContext context) => context.GetHttpContext().Features.Get<RpcCall>()
        ?? throw new InvalidOperationException("The method was mapped without its guard.");

    /// <summary>Counts the message that was just read, from here on for itself.</summary>
    /// <exception cref="RpcException">There is no room for it.</exception>
    public RpcMessage TakeMessage()
    {
        var bytes = Body.TakeConsumed();
        var memory = Budget.OpenLease(Tenant);
        if (memory.TryGrow(bytes * ByteBudget.BytesPerBodyByte))
        {
            return new RpcMessage(memory, bytes);
        }

        memory.Dispose();
        throw RpcStatus.CreateException(Contract, GatewayError.CreateNoMemory());
    }
}
