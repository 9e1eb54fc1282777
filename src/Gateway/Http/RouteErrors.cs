using Reranker.Gateway.Dialects;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;

namespace Reranker.Gateway.Http;

/// <summary>Gives a body to the replies that routing makes without one: no such path, no such method of it.</summary>
internal static class RouteErrors
{
    private static readonly TeiDialect Tei = new();
    private static readonly CohereDialect Cohere = new("routes", "1");

    /// <summary>Adds the bodies.</summary>
    public static void UseRouteErrors(this IApplicationBuilder app) => app.UseStatusCodePages(static pages => pages.HttpContext.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => WriteAsync(pages.HttpContext, GatewayErrorKind.NoRoute, "There is no such path."),
        StatusCodes.Status405MethodNotAllowed => WriteAsync(pages.HttpContext, GatewayErrorKind.WrongMethod, "The path does not have this method."),
        _ => Task.CompletedTask,
    });

    /// <summary>Writes an error in the shape that the path's callers know.</summary>
    public static Task WriteAsync(HttpContext context, GatewayError error) =>
        ResponseWriter.WriteErrorAsync(context.Response, DialectOf(context.Request.Path), error, context.RequestAborted);

    private static Task WriteAsync(HttpContext context, GatewayErrorKind kind, string message) => WriteAsync(context, new GatewayError(kind, message));

    private static IRerankDialect DialectOf(PathString path) => path switch
    {
        _ when path.StartsWithSegments("/v1") || path.StartsWithSegments("/v2") || path.StartsWithSegments("/admin") => Cohere,
        _ when path == "/rerank" || path == "/rerank/" => DialectSet.Bare.Undetermined,
        _ => Tei,
    };
}
