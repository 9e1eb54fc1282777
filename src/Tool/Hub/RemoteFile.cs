namespace Reranker.Tool.Hub;

/// <summary>A file of a model at a commit.</summary>
/// <param name="Name">Path in the repository.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Tag">What the hub calls its content, which is a hash of it; the cache has it under that name.</param>
internal sealed record RemoteFile(string Name, long Bytes, string Tag);
