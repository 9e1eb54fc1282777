using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Playground;

/// <summary>
/// Pages for people: one to try reranking with, one that describes the paths. Neither needs a key, since neither has a secret or
/// scores anything: what a page asks for, it asks with the key that its reader typed.
/// </summary>
internal static class PageEndpoints
{
    private const string Playground = "/playground";
    private const string Reference = "/docs";

    // Nothing but the program's own files, and no other server: what is pasted into a page goes to this process alone.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] DocumentPaths = ["/openapi.json", "/api-doc/openapi.json"];

    /// <summary>Maps the pages that are switched on.</summary>
    public static void MapPages(this IEndpointRouteBuilder routes, GatewayOptions options)
    {
        if (options.Playground)
        {
            routes.MapGetAndHead(Playground, static (HttpContext context) => AnswerPage(context, "playground.html", Playground)).DisableHttpMetrics();
        }

        if (options.ApiDocs)
        {
            routes.MapGetAndHead(Reference, static (HttpContext context) => AnswerPage(context, "reference.html", Reference)).DisableHttpMetrics();
            foreach (var path in DocumentPaths)
            {
                routes.MapGetAndHead(path, static (ApiDocument document) => Results.Bytes(document.Json, "application/json")).DisableHttpMetrics();
            }
        }

        if (options.Playground || options.ApiDocs)
        {
            routes.MapGetAndHead("/pages/{file}", static (HttpContext context, string file) => AnswerFile(context, file)).DisableHttpMetrics();
        }
    }

    /// <summary>The page for a person who opens the server's address in a browser; null for a program, or without pages.</summary>
    public static string? FindWelcomePage(HttpRequest request, GatewayOptions options) =>
        !AcceptsHtml(request) ? null
        : options.Playground ? Playground
        : options.ApiDocs ? Reference
        : null;

    // Programs that probe accept anything or JSON; only browsers name HTML.
    private static bool AcceptsHtml(HttpRequest request) => request.GetTypedHeaders().Accept
        .Any(static type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && type.Quality is null or > 0);

    private static IResult AnswerPage(HttpContext context, string file, string path)
    {
        // A page names its files beside its own path, so that they are found behind a proxy that adds a prefix.
        return context.Request.Path.Value!.EndsWith('/') ? Results.Redirect($"..{path}") : AnswerFile(context, file);
    }

    private static IResult AnswerFile(HttpContext context, string file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return PageAssets.CreateReply(file);
    }
}
