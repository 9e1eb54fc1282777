namespace Reranker.Fuzz.Requests;

/// <summary>What a route answers.</summary>
internal enum RouteKind
{
    /// <summary>Scores.</summary>
    Score,

    /// <summary>Scores of many requests, one a line.</summary>
    Batch,

    /// <summary>Whether a key is wanted.</summary>
    Auth,

    /// <summary>TEI's <c>/info</c>.</summary>
    Info,

    /// <summary>The list of models.</summary>
    Models,

    /// <summary>One model.</summary>
    Model,

    /// <summary>NIM's metadata.</summary>
    Metadata,

    /// <summary>What the Open Inference Protocol tells of the server.</summary>
    Server,

    /// <summary>What it tells of a model.</summary>
    Tensors,

    /// <summary>200 with the state of the server.</summary>
    ServerProbe,

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
