namespace Reranker.Tool.Output;

/// <summary>A folder for files of gigabytes that are gone with the command.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reranker-");

    /// <summary>Its path.</summary>
    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
