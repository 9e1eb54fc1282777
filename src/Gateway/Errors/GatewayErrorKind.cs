namespace Reranker.Gateway.Errors;

/// <summary>Why a request got no scores. An <see cref="IErrorFormat"/> gives each kind its status and body.</summary>
internal enum GatewayErrorKind
{
    /// <summary>The body is no JSON object.</summary>
    BadJson,

    /// <summary>A field is missing, of the wrong type or out of range.</summary>
    Invalid,

    /// <summary>The list of passages is empty.</summary>
    NoPassages,

    /// <summary>The list of passages is too long.</summary>
    TooManyPassages,

    /// <summary>The body is larger than allowed.</summary>
    BodyTooLarge,

    /// <summary>The body came too slowly.</summary>
    BodyTooSlow,

    /// <summary>The body is encoded in a way that is not known here.</summary>
    UnknownEncoding,

    /// <summary>There is no such path.</summary>
    NoRoute,

    /// <summary>The path has no such method.</summary>
    WrongMethod,

    /// <summary>A pair is too long and truncation was not allowed.</summary>
    TooLong,

    /// <summary>No such model is served.</summary>
    UnknownModel,

    /// <summary>No key, or a wrong one.</summary>
    Unauthorized,

    /// <summary>The tenant has used up its own quota.</summary>
    Quota,

    /// <summary>There is more work than fits before the deadline.</summary>
    Busy,

    /// <summary>No worker takes work at present.</summary>
    Unavailable,

    /// <summary>The deadline passed.</summary>
    Expired,

    /// <summary>Inference failed.</summary>
    Failed,

    /// <summary>A defect of the gateway.</summary>
    Internal,
}
