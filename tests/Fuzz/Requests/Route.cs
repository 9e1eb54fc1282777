namespace Reranker.Fuzz.Requests;

/// <summary>A route of the gateway.</summary>
/// <param name="Kind">What it answers.</param>
/// <param name="Method">The method it takes.</param>
/// <param name="Path">Its path.</param>
internal sealed record Route(RouteKind Kind, string Method, string Path)
{
    /// <summary>The dialects of a scoring path, in the order of precedence.</summary>
    public Dialect[] Dialects { get; init; } = [];

    /// <summary>Version in the replies of Cohere's family.</summary>
    public string Version { get; init; } = "1";

    public static readonly Route[] Scoring =
    [
        Score("/", Dialect.Tei, Dialect.Predict, Dialect.Score, Dialect.Nim, Dialect.Cohere),
        Score("/invocations", Dialect.Tei, Dialect.Predict, Dialect.Score, Dialect.Nim, Dialect.Cohere),
        Score("/rerank", Dialect.Tei, Dialect.Cohere),
        Score("/v1/rerank", Dialect.Cohere),
        Score("/v2/rerank", Dialect.Cohere) with { Version = "2" },
        Score("/predict", Dialect.Predict),
        Score("/tei/predict", Dialect.Predict),
        Score("/score", Dialect.Score),
        Score("/v1/score", Dialect.Score),
        Score("/ranking", Dialect.Nim),
        Score("/v1/ranking", Dialect.Nim),
        Score("/reranking", Dialect.Nim, Dialect.Cohere),
        Score("/v1/reranking", Dialect.Nim, Dialect.Cohere),
        Score("/v1/retrieval/default/not-specified/reranking", Dialect.Nim),
        Score("/cohere/v1/rerank", Dialect.Cohere),
        Score("/cohere/v2/rerank", Dialect.Cohere) with { Version = "2" },
        Score("/jina/v1/rerank", Dialect.Cohere),
        Score("/vllm/rerank", Dialect.Vllm),
        Score("/vllm/v1/score", Dialect.Score),
        Score("/infinity/rerank", Dialect.Infinity),
        Score("/tei/rerank", Dialect.Tei),
        Score("/nim/v1/ranking", Dialect.Nim),
        Score("/voyage/v1/rerank", Dialect.Voyage),
        Score("/v2/models/default/not-specified/infer", Dialect.KServe),
        Score("/v2/models/default%2Fnot-specified/infer", Dialect.KServe),
        Score("/v1/rerank/batch", Dialect.Cohere) with { Kind = RouteKind.Batch },
    ];

    public static readonly Route[] Read =
    [
        new(RouteKind.Info, "GET", "/info"),
        new(RouteKind.Info, "GET", "/tei/info"),
        new(RouteKind.Models, "GET", "/v1/models"),
        new(RouteKind.Models, "GET", "/infinity/models"),
        new(RouteKind.Model, "GET", "/v1/models/default/not-specified"),
        new(RouteKind.Model, "GET", "/nim/v1/models/default%2Fnot-specified"),
        new(RouteKind.Metadata, "GET", "/v1/metadata"),
        new(RouteKind.Server, "GET", "/v2"),
        new(RouteKind.Tensors, "GET", "/v2/models/default/not-specified"),
        new(RouteKind.Tensors, "GET", "/v2/models/default%2Fnot-specified/ready"),
        new(RouteKind.ServerProbe, "GET", "/v2/health/live"),
        new(RouteKind.ServerProbe, "GET", "/v2/health/ready"),
        new(RouteKind.Auth, "GET", "/v1/cluster/auth"),
        new(RouteKind.Probe, "GET", "/health"),
        new(RouteKind.Probe, "GET", "/"),
        new(RouteKind.Probe, "GET", "/ping"),
        new(RouteKind.Probe, "GET", "/vllm/health"),
        new(RouteKind.NimProbe, "GET", "/v1/health/live"),
        new(RouteKind.NimProbe, "GET", "/v1/health/ready"),
        new(RouteKind.NimProbe, "GET", "/nim/v1/health/ready"),
    ];

    /// <summary>Those that every host has; a gateway inside a test has none of them.</summary>
    public static readonly Route[] OfHost =
    [
        new(RouteKind.Host, "GET", "/health/live"),
        new(RouteKind.Host, "GET", "/health/ready"),
        new(RouteKind.Host, "GET", "/metrics"),
    ];

    public static readonly Route[] Unknown =
    [
        .. ((string[])[
            "/v3/rerank", "/v1/scores", "/tei/score", "/v1/embeddings", "/reranks", "/rerank/1", "/v1", "/v1/model", "/v2/models", "/v2/health", "/favicon.ico",
            "/robots.txt", "/.env", "/v1/chat/completions", "/predicts", "/admin", "/admin/other", "/index.html", "/v1/health", "/v2/other",
        ]).Select(static path => new Route(RouteKind.Unknown, "GET", path)),
        new(RouteKind.Unknown, "POST", "/embed"),
        new(RouteKind.Unknown, "POST", "/v1/rankings"),
        new(RouteKind.Unknown, "POST", "/v3/rerank"),
    ];

    private static Route Score(string path, params Dialect[] dialects) => new(RouteKind.Score, "POST", path) { Dialects = dialects };
}
