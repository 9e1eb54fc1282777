namespace Reranker.TestKit.Hub;

/// <summary>A call that a hub got.</summary>
/// <param name="Method">GET or HEAD.</param>
/// <param name="Repository">The model.</param>
/// <param name="Revision">Branch, tag or commit.</param>
/// <param name="File">The file; null for the list of them.</param>
/// <param name="IsStorage">True at the host that large files come from.</param>
/// <param name="From">First byte that was asked for.</param>
/// <param name="Authorization">What it showed.</param>
/// <param name="Times">1 for the first call of its kind.</param>
public sealed record HubCall(
    string Method, string Repository, string Revision, string? File, bool IsStorage, long From, string Authorization, int Times);
