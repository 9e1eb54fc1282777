using Microsoft.Extensions.Options;
using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Bulk;
using Reranker.Gateway.Configuration;
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
internal sealed class RerankRoutes(IOptions<GatewayOptions> options)
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

    private static readonly (string Path, DialectSet Dialects)[] OfOneProtocol =
    [
        ("/v2/models/{model}/infer", KServe),
        ("/v2/models/{vendor}/{model}/infer", KServe),
        ("/v2/models/{model}/versions/{version}/infer", KServe),
        ("/v2/models/{vendor}/{model}/versions/{version}/infer", KServe),
    ];

    // A prefix forces a dialect, for clients whose formats differ on the same path.
    private static readonly (string Path, DialectSet Dialects)[] Prefixed =
    [
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

    private readonly (string Path, DialectSet Dialects)[] _routes = [.. ListBare(new BareDialects(options.Value.DefaultDialect)), .. OfOneProtocol, .. Prefixed];

    /// <summary>Maps every path to the handler, and that of bodies with many requests.</summary>
    public void MapRerank(IEndpointRouteBuilder app)
    {
        foreach (var (path, dialects) in _routes)
        {
            app.MapPost(path, (RequestDelegate)(context => context.RequestServices.GetRequiredService<RerankRequestHandler>().HandleAsync(context, dialects)))
                .WithMetadata(ApiOperation.FromDialects(dialects));
        }

        app.MapPost("/v1/rerank/batch", static context => context.RequestServices.GetRequiredService<BulkHandler>().HandleAsync(context))
            .WithMetadata(ApiOperation.FromName("batch"));
    }

    /// <summary>The format of errors at a path, before its body is read; null where no scoring path is.</summary>
    public IErrorFormat? FindErrors(PathString path)
    {
        foreach (var (route, dialects) in _routes)
        {
            if (path == route || path == route + "/")
            {
                return dialects.Errors;
            }
        }

        return null;
    }

    private static (string Path, DialectSet Dialects)[] ListBare(BareDialects bare) =>
    [
        ("/", bare.Any),
        ("/invocations", bare.Any),
        ("/rerank", bare.TextsOrDocuments),
        ("/v1/rerank", bare.FirstVersion),
        ("/v2/rerank", bare.SecondVersion),
        ("/predict", Labels),
        ("/score", Scores),
        ("/v1/score", Scores),
        ("/ranking", Nim),
        ("/v1/ranking", Nim),
        ("/reranking", bare.PassagesOrDocuments),
        ("/v1/reranking", bare.PassagesOrDocuments),
        ("/v1/retrieval/{model}/reranking", NimOfPath),
        ("/v1/retrieval/{vendor}/{model}/reranking", NimOfPath),
    ];
}
