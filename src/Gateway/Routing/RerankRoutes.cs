using Reranker.Gateway.Dialects;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Infinity;
using Reranker.Gateway.Dialects.KServe;
using Reranker.Gateway.Dialects.Nim;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Dialects.Vllm;
using Reranker.Gateway.Dialects.Voyage;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Reranking;

namespace Reranker.Gateway.Routing;

/// <summary>The scoring paths and the dialects that each of them speaks. A new dialect is a line here.</summary>
internal static class RerankRoutes
{
    private static readonly DialectSet CohereV1 = new(new CohereDialect("cohere-v1", "1"));
    private static readonly DialectSet CohereV2 = new(new CohereDialect("cohere-v2", "2"));
    private static readonly DialectSet Jina = new(new CohereDialect("jina", "1"));
    private static readonly DialectSet Tei = new(new TeiDialect());
    private static readonly DialectSet Labels = new(new TeiPredictDialect());
    private static readonly DialectSet Vllm = new(new VllmRerankDialect());
    private static readonly DialectSet Scores = new(new VllmScoreDialect());
    private static readonly DialectSet Infinity = new(new InfinityDialect());
    private static readonly DialectSet Voyage = new(new VoyageDialect());
    private static readonly DialectSet Nim = new(new NimDialect());
    private static readonly DialectSet KServe = new(new KServeDialect()) { PathNamesModel = true, AllowsAttached = true };
    private static readonly DialectSet NimOfPath = new(new NimDialect()) { PathNamesModel = true };

    // 'texts' makes a body TEI's, else it is what Jina, vLLM and Infinity share.
    private static readonly DialectSet TextsOrDocuments = new(
        new SharedPathErrors(),
        GatewayError.CreateInvalid("'documents' or 'texts' is missing.", CohereRequest.Passages),
        new TeiDialect(),
        new CohereDialect("jina", "1"));

    // llama.cpp's server has these paths too, for bodies with 'documents'.
    private static readonly DialectSet PassagesOrDocuments = new(
        NimErrors.Instance,
        GatewayError.CreateInvalid("'passages' or 'documents' is missing.", NimRequest.Passages),
        new NimDialect(),
        new CohereDialect("jina", "1"));

    private static readonly (string Path, DialectSet Dialects)[] Routes =
    [
        ("/rerank", TextsOrDocuments),
        ("/v1/rerank", CohereV1),
        ("/v2/rerank", CohereV2),
        ("/predict", Labels),
        ("/score", Scores),
        ("/v1/score", Scores),
        ("/ranking", Nim),
        ("/v1/ranking", Nim),
        ("/reranking", PassagesOrDocuments),
        ("/v1/reranking", PassagesOrDocuments),
        ("/v1/retrieval/{model}/reranking", NimOfPath),
        ("/v1/retrieval/{vendor}/{model}/reranking", NimOfPath),

        ("/v2/models/{model}/infer", KServe),
        ("/v2/models/{vendor}/{model}/infer", KServe),
        ("/v2/models/{model}/versions/{version}/infer", KServe),
        ("/v2/models/{vendor}/{model}/versions/{version}/infer", KServe),

        // A prefix forces a dialect, for clients whose formats differ on the same path.
        ("/cohere/rerank", CohereV1),
        ("/cohere/v1/rerank", CohereV1),
        ("/cohere/v2/rerank", CohereV2),
        ("/jina/rerank", Jina),
        ("/jina/v1/rerank", Jina),
        ("/vllm/rerank", Vllm),
        ("/vllm/v1/rerank", Vllm),
        ("/vllm/v2/rerank", Vllm),
        ("/vllm/score", Scores),
        ("/vllm/v1/score", Scores),
        ("/infinity/rerank", Infinity),
        ("/infinity/v1/rerank", Infinity),
        ("/tei", Tei),
        ("/tei/rerank", Tei),
        ("/tei/invocations", Tei),
        ("/tei/predict", Labels),
        ("/nim/ranking", Nim),
        ("/nim/v1/ranking", Nim),
        ("/nim/reranking", Nim),
        ("/nim/v1/reranking", Nim),
        ("/nim/v1/retrieval/{model}/reranking", NimOfPath),
        ("/nim/v1/retrieval/{vendor}/{model}/reranking", NimOfPath),
        ("/voyage/rerank", Voyage),
        ("/voyage/v1/rerank", Voyage),
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
