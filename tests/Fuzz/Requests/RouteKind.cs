namespace Reranker.Fuzz.Requests;

/// <summary>What a route answers.</summary>
internal enum RouteKind
{
    /// <summary>Scores.</summary>
    Score,

    /// <summary>TEI's <c>/info</c>.</summary>
    Info,

    /// <summary>The list of models.</summary>
    Models,

    /// <summary>One model.</summary>
    Model,

    /// <summary>NIM's metadata.</summary>
    Metadata,

    /// <summary>200 with an empty body.</summary>
    Probe,

    /// <summary>200 with NIM's health object.</summary>
    NimProbe,

    /// <summary>Something that only must not fail: metrics and the host's own probes.</summary>
    Host,

    /// <summary>Changes of models.</summary>
    Admin,

    /// <summary>Nothing.</summary>
    Unknown,
}
