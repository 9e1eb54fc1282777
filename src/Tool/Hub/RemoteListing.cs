namespace Reranker.Tool.Hub;

/// <summary>What the hub has under a revision.</summary>
/// <param name="Commit">The commit that the revision stands for now.</param>
/// <param name="Files">Paths of all its files.</param>
internal sealed record RemoteListing(string Commit, IReadOnlyList<string> Files);
