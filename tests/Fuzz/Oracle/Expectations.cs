namespace Reranker.Fuzz.Oracle;

/// <summary>Promises of docs that a gateway of an earlier release does not keep, each to be held against it on demand.</summary>
[Flags]
internal enum Expectations
{
    None = 0,

    /// <summary>An unknown route is 404 with a body in the dialect of its prefix.</summary>
    UnknownRouteBody = 1,

    /// <summary>A method that a route does not take is 405 with a body, and names those it takes.</summary>
    WrongMethodBody = 2,

    /// <summary>HEAD works wherever GET does.</summary>
    Head = 4,

    /// <summary>Bodies in gzip, br and deflate are decoded, others are 415.</summary>
    ContentEncoding = 8,

    All = UnknownRouteBody | WrongMethodBody | Head | ContentEncoding,
}
