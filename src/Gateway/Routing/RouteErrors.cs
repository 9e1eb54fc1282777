using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.KServe;
using Reranker.Gateway.Dialects.Nim;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Dialects.Voyage;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Rpc;

namespace Reranker.Gateway.Routing;

/// <summary>Gives a body to the replies that routing makes without one: no such path, no such method of it.</summary>
internal static class RouteErrors
{
    private static readonly string[] NimRoots = ["/nim", "/v1/retrieval", "/v1/metadata"];

    private static readonly string[] KServeRoots = ["/v2/models", "/v2/health"];

    // Paths of servers whose errors are like Cohere's, and ours for administrators.
    private static readonly string[] CohereRoots = ["/v1", "/v2", "/admin", "/cohere", "/jina", "/vllm", "/infinity"];

    /// <summary>Adds the bodies.</summary>
    public static void UseRouteErrors(this IApplicationBuilder app) => app.UseStatusCodePages(static pages => pages.HttpContext.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => WriteErrorAsync(pages.HttpContext, new GatewayError(GatewayErrorKind.NoRoute, "There is no such path.")),
        StatusCodes.Status405MethodNotAllowed =>
            WriteErrorAsync(pages.HttpContext, new GatewayError(GatewayErrorKind.WrongMethod, "The path does not have this method.")),
        _ => Task.CompletedTask,
    });

    /// <summary>Writes an error in the shape that the path's callers know.</summary>
    public static Task WriteErrorAsync(HttpContext context, GatewayError error)
    {
        // Nothing else can read a status behind the body.
        if (RpcStatus.IsRpc(context.Request) && HttpMethods.IsPost(context.Request.Method) && !HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            RpcStatus.Refuse(context.Response, RpcContract.Reranker, error);
            return Task.CompletedTask;
        }

        return ResponseWriter.WriteErrorAsync(context.Response, FindFormat(context), error, context.RequestAborted);
    }

    private static IErrorFormat FindFormat(HttpContext context)
    {
        var path = context.Request.Path;
        return context.RequestServices.GetService<RerankRoutes>()?.FindErrors(path)
            ?? (StartsWithAny(NimRoots, path) ? NimErrors.Instance
                : StartsWithAny(KServeRoots, path) ? KServeErrors.Instance
                : path.StartsWithSegments("/voyage") ? VoyageErrors.Instance
                : StartsWithAny(CohereRoots, path) ? CohereErrors.Instance
                : TeiErrors.Instance);
    }

    private static bool StartsWithAny(string[] roots, PathString path) => Array.Exists(roots, root => path.StartsWithSegments(root));
}
