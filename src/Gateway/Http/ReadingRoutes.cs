using System.Diagnostics.CodeAnalysis;

namespace Reranker.Gateway.Http;

/// <summary>
/// Paths that are read. Handlers that write their own reply are mapped as they are: a delegate of any other shape is compiled at the
/// start, which takes milliseconds of processor a path.
/// </summary>
internal static class ReadingRoutes
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET, and HEAD with it: the server sends the headers of the same reply and leaves its body out.</summary>
    public static IEndpointConventionBuilder MapGetAndHead(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.MapMethods(pattern, Methods, handler);

    /// <inheritdoc cref="MapGetAndHead(IEndpointRouteBuilder, string, Delegate)"/>
    public static IEndpointConventionBuilder MapGetAndHead(
        this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, RequestDelegate handler) => routes.MapMethods(pattern, Methods, handler);

    /// <summary>As the others, with a service of the request.</summary>
    public static IEndpointConventionBuilder MapGetAndHead<T>(
        this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Func<HttpContext, T, Task> handler)
        where T : notnull =>
        routes.MapGetAndHead(pattern, (RequestDelegate)(context => handler(context, context.RequestServices.GetRequiredService<T>())));

    /// <summary>As the others, with two services of the request.</summary>
    public static IEndpointConventionBuilder MapGetAndHead<T1, T2>(
        this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Func<HttpContext, T1, T2, Task> handler)
        where T1 : notnull
        where T2 : notnull =>
        routes.MapGetAndHead(pattern, (RequestDelegate)(context =>
            handler(context, context.RequestServices.GetRequiredService<T1>(), context.RequestServices.GetRequiredService<T2>())));
}
