namespace Reranker.Tool.Hub;

/// <summary>A checkpoint in the cache.</summary>
/// <param name="Model">The model that was asked for.</param>
/// <param name="Folder">Folder with its files, as an import takes it.</param>
/// <param name="Commit">Its commit.</param>
internal sealed record PulledModel(HubReference Model, string Folder, string Commit)
{
    /// <summary>Bytes that were fetched for it; 0 when the cache had all.</summary>
    public long BytesFetched { get; init; }

    /// <summary>Files for which the hub tells no hash that is known; their size alone was checked.</summary>
    public IReadOnlyList<string> Unchecked { get; init; } = [];
}
