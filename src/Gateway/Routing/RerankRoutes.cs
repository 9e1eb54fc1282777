using Reranker.Gateway.Dialects;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Reranking;

namespace Reranker.Gateway.Routing;

/// <summary>The scoring paths and the dialects that each of them speaks. A new dialect is a line here.</summary>
internal static class RerankRoutes
{
    private static readonly (string Path, DialectSet Dialects)[] Routes =
    [
        // 'texts' makes a body TEI's, else it is what Jina, vLLM and Infinity share.
        ("/rerank", new DialectSet(
            new SharedPathErrors(),
            GatewayError.CreateInvalid("'documents' or 'texts' is missing.", CohereRequest.Passages),
            new TeiDialect(),
            new CohereDialect("jina", "1"))),
        ("/v1/rerank", new DialectSet(new CohereDialect("cohere-v1", "1"))),
        ("/v2/rerank", new DialectSet(new CohereDialect("cohere-v2", "2"))),
    ];

    /// <summary>Maps every path to the handler.</summary>
    public static void MapRerank(this IEndpointRouteBuilder app)
    {
        foreach (var (path, dialects) in Routes)
        {
            app.MapPost(path, (HttpContext context, RerankRequestHandler handler) => handler.HandleAsync(context, dialects));
        }
    }

    /// <summary>The format of errors at a path, before its body is read; null where no scoring path is.</summary>
    public static IErrorFormat? FindErrors(PathString path)
    {
        foreach (var (route, dialects) in Routes)
        {
            if (path == route || path == route + "/")
            {
                return dialects.Errors;
            }
        }

        return null;
    }
}
