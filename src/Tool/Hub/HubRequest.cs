namespace Reranker.Tool.Hub;

/// <summary>Something that the hub is asked for.</summary>
/// <param name="Model">The model that it is about.</param>
/// <param name="Url">Where it is.</param>
internal sealed record HubRequest(HubReference Model, Uri Url)
{
    /// <summary>GET unless another is said.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>The file that is asked for, for errors; null for a list.</summary>
    public string? File { get; init; }

    /// <summary>First byte that is wanted.</summary>
    public long From { get; init; }

    /// <summary>True where a redirect that tells size and hash of what it leads to is itself the answer.</summary>
    public bool StopsAtLink { get; init; }
}
