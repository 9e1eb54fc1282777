using System.Diagnostics.CodeAnalysis;

namespace Reranker.Gateway.Http;

/// <summary>Paths that are read.</summary>
internal static class ReadingRoutes
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET, and HEAD with it: the server sends the headers of the same reply and leaves its body out.</summary>
    public static IEndpointConventionBuilder MapGetAndHead(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.MapMethods(pattern, Methods, handler);
}
