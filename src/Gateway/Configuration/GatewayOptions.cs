using Reranker.ServiceDefaults.Configuration;

namespace Reranker.Gateway.Configuration;

/// <summary>The HTTP edge, section <c>Gateway</c> of the configuration.</summary>
public sealed record GatewayOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Gateway";

    /// <summary>Name of the section of the gateway's <see cref="Client.RerankerClientOptions"/>.</summary>
    public const string ClientSection = $"{Section}:Client";

    /// <summary>Largest request body in bytes; a larger one is answered 413. Default 32 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Most bytes of memory that all requests may hold together, from the first byte of a body to the last of its reply; above it
    /// requests are refused. A body counts four times while it is read: itself, its text, of two bytes a character, and its message to
    /// a silo. Default 512 MiB.
    /// </summary>
    public long MaxBodyBytesInFlight { get; set; } = 512L * 1024 * 1024;

    /// <summary>Most bytes of all headers of a request, and of its first line; more is answered 431 or 414. Default 32 KiB.</summary>
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>Longest time that the headers of a request may take to come; then the connection ends. Default 30 s.</summary>
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time that a body may take to come; a slower one is answered 408. The request's deadline counts too. Default 30 s.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time that a caller may take to fetch its reply; then the connection is broken off. Default 30 s.</summary>
    public TimeSpan ReplyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Slowest rate, after five seconds, at which a body may come and a reply be fetched; 0 is no limit but the two times above.
    /// Default 16384.
    /// </summary>
    public int MinBytesPerSecond { get; set; } = 16 * 1024;

    /// <summary>Most passages of one request. Default <see cref="Limits.MaxPassages"/>, which is also the most.</summary>
    public int MaxPassages { get; set; } = Limits.MaxPassages;

    /// <summary>Most requests that are parsed and scored at once; above it requests are refused. Default 1024.</summary>
    public int MaxConcurrentRequests { get; set; } = 1024;

    /// <summary>Lines of one call of <c>/v1/rerank/batch</c> that are scored at once. Default 16.</summary>
    public int BulkLinesInProgress { get; set; } = 16;

    /// <summary>Most estimated tokens in progress through this gateway; 0 (default) leaves it to the deadlines.</summary>
    public long MaxTokensInFlight { get; set; }

    /// <summary>
    /// Refusals (429 and 503) a second that one tenant is answered at once, a second's worth of them together; further ones wait their turn, up
    /// to a tenth of the request's deadline and a second at most. 0 answers all at once. Default 200.
    /// </summary>
    public int RefusalsPerSecond { get; set; } = 200;

    /// <summary>Deadline of a request without the header <c>X-Request-Timeout-Ms</c>. Default 60 s.</summary>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest deadline; a longer one that a request asks for becomes this one. Default <see cref="Limits.MaxDeadline"/>.</summary>
    public TimeSpan MaxDeadline { get; set; } = Limits.MaxDeadline;

    /// <summary>Whether pairs that are too long are cut when the request does not say; what was cut is always reported. Default true.</summary>
    public bool AutoTruncate { get; set; } = true;

    /// <summary>
    /// Whose formats count on paths without a prefix, for bodies with <c>documents</c> and for errors before the body has shown a dialect.
    /// Default <see cref="Configuration.DefaultDialect.Superset"/>.
    /// </summary>
    public DefaultDialect DefaultDialect { get; set; } = DefaultDialect.Superset;

    /// <summary>
    /// Most chunks of a passage that is too long, where the request does not say; 1 (default) cuts it. At most
    /// <see cref="Limits.MaxChunks"/>.
    /// </summary>
    public int MaxChunks { get; set; } = 1;

    /// <summary>Tokens that neighbouring chunks share, where the request does not say. Default 64.</summary>
    public int ChunkOverlap { get; set; } = 64;

    /// <summary>Whether chunks end where sentences do, where the request does not say. Default false: they are of equal length.</summary>
    public bool ChunkAtSentences { get; set; }

    /// <summary>
    /// Other names of models: what clients send to the name that the fleet serves; an empty target is the default model.
    /// The key <c>*</c> stands for every name that is not served and has no entry of its own. Default empty.
    /// </summary>
    [NamedEntries("Target")]
    public Dictionary<string, string> ModelAliases { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keys that may score. Default empty: everybody may, unless there is <see cref="ApiKeysFile"/>.</summary>
    public IList<ApiKeyOptions> ApiKeys { get; } = [];

    /// <summary>
    /// A JSON file of more keys, <c>{"ApiKeys": […]}</c>, which is read again when it changes. While it is broken the keys of before
    /// count. Default null: none.
    /// </summary>
    public string? ApiKeysFile { get; set; }

    /// <summary>
    /// Gateways among which this one divides the limits of tenants, at least, while it has no lease of them from the cluster. Default 1;
    /// set it to the number of gateways where there are several.
    /// </summary>
    public int MinGateways { get; set; } = 1;

    /// <summary>
    /// The secret of whoever may change models, as <c>Bearer</c>, at least 16 characters, none of <see cref="ApiKeys"/>; or its hash,
    /// as there. Default null: the paths under <c>/admin</c> are not there.
    /// </summary>
    public string? AdminKey { get; set; }

    /// <summary>Days for which browsers that came over TLS are told to come over nothing else; 0 tells them nothing. Default 30.</summary>
    public int HstsDays { get; set; } = 30;

    /// <summary>Origins that browsers may call from; <c>*</c> is any. Default empty: none.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <summary>Whether <c>/playground</c> has a page to try reranking with. It scores with the caller's key alone. Default true.</summary>
    public bool Playground { get; set; } = true;

    /// <summary>Whether <c>/docs</c> and <c>/openapi.json</c> describe the paths. Default true.</summary>
    public bool ApiDocs { get; set; } = true;

    /// <summary>
    /// Whether <c>/metrics</c> has the names that dashboards of Text Embeddings Inference read, beside the own ones. Default false.
    /// </summary>
    public bool TeiMetrics { get; set; }

    /// <summary>How often the fleet is asked for its state. Default 1 s.</summary>
    public TimeSpan FleetPollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Age above which the last answer of the fleet no longer counts as ready, where there is no sign before that all silos are lost.
    /// Default 15 s, which a lost node does not reach.
    /// </summary>
    public TimeSpan FleetMaxAge { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a gateway that was told to stop goes on serving while it is not ready any more, so that a load balancer
    /// notices before the port closes. Default 5 s; <c>reranker serve</c> has no balancer before it and 0.
    /// </summary>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time a stopping gateway then spends on the requests it has. Default 120 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(120);
}
