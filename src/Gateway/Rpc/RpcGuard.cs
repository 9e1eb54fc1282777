using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Rpc;

/// <summary>
/// Stands before every method of every service: finds the tenant of the key and the deadline before a byte of a message is read, and
/// counts what is read. No service can forget it, since all of them are mapped through it.
/// </summary>
internal sealed class RpcGuard(ApiKeyAuthenticator keys, ByteBudget budget, IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Lets a call through to its service, or ends it.</summary>
    public async Task RunAsync(HttpContext context, RpcContract contract, bool needsKey, RequestDelegate service)
    {
        var id = RequestHeaders.ReadId(context.Request);
        context.Response.Headers[RequestHeaders.RequestId] = id;
        var tenant = "";
        if (needsKey && !keys.TryAuthenticate(context.Request, out tenant))
        {
            await RefuseAsync(context, contract, GatewayError.CreateUnauthorized());
            return;
        }

        TimeSpan? deadline;
        try
        {
            deadline = RpcDeadline.Read(context.Request, options.Value);
        }
        catch (RequestFormatException exception)
        {
            await RefuseAsync(context, contract, exception.Error);
            return;
        }

        using var memory = budget.OpenLease(tenant);
        var body = new CountedBody(context.Request.BodyReader, memory, contract, options.Value.BodyTimeout, time);
        var call = new RpcCall(id, tenant, contract, time.GetTimestamp(), deadline, body, budget);
        context.Features.Set(call);
        context.Features.Set<IRequestBodyPipeFeature>(body);
        await service(context);
        if (!call.IsMessageRead)
        {
            NameBadMessage(context.Response);
        }
    }

    private static Task RefuseAsync(HttpContext context, RpcContract contract, GatewayError error)
    {
        if (!RpcStatus.IsRpc(context.Request))
        {
            return ResponseWriter.WriteErrorAsync(context.Response, CohereErrors.Instance, error, context.RequestAborted);
        }

        RpcStatus.Refuse(context.Response, contract, error);
        return Task.CompletedTask;
    }

    // gRPC has no word for a message that is none: to it one that cannot be read is a service that failed, and a frame that is broken off
    // its own failure, of which it says the reason.
    private static void NameBadMessage(HttpResponse response)
    {
        if (response.HasStarted || response.StatusCode != StatusCodes.Status200OK)
        {
            return;
        }

        switch (RpcStatus.FindCode(response))
        {
            case StatusCode.Unknown:
                RpcStatus.SetStatus(response, StatusCode.InvalidArgument, "The message is not one of this method.");
                break;
            case StatusCode.Internal:
                RpcStatus.SetCode(response, StatusCode.InvalidArgument);
                break;
        }
    }
}
