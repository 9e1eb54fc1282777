namespace Reranker.Fuzz.Requests;

/// <summary>A route of the gateway.</summary>
/// <param name="Kind">What it answers.</param>
/// <param name="Method">The method it takes.</param>
/// <param name="Path">Its path.</param>
internal sealed record Route(RouteKind Kind, string Method, string Path)
{
    public static readonly Route Bare = new(RouteKind.Score, "POST", "/rerank");
    public static readonly Route V1 = new(RouteKind.Score, "POST", "/v1/rerank");
    public static readonly Route V2 = new(RouteKind.Score, "POST", "/v2/rerank");

    public static readonly Route[] Read =
    [
        new(RouteKind.Info, "GET", "/info"),
        new(RouteKind.Models, "GET", "/v1/models"),
        new(RouteKind.Probe, "GET", "/health"),
        new(RouteKind.Probe, "GET", "/"),
        new(RouteKind.Probe, "GET", "/ping"),
        new(RouteKind.NimProbe, "GET", "/v1/health/live"),
        new(RouteKind.NimProbe, "GET", "/v1/health/ready"),
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
            "/v3/rerank", "/v1/score", "/score", "/v1/embeddings", "/reranks", "/rerank/1", "/v1", "/v1/model", "/v2/models", "/favicon.ico",
            "/robots.txt", "/.env", "/v1/chat/completions", "/predict", "/admin", "/admin/other", "/index.html", "/v1/health", "/v2/",
        ]).Select(static path => new Route(RouteKind.Unknown, "GET", path)),
        new(RouteKind.Unknown, "POST", "/embed"),
        new(RouteKind.Unknown, "POST", "/v1/rankings"),
        new(RouteKind.Unknown, "POST", "/v3/rerank"),
    ];
}
