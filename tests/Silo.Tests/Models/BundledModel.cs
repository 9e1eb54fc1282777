using Reranker.Inference.Models;

namespace Reranker.Silo.Tests.Models;

/// <summary>The model that the repository brings along.</summary>
internal static class BundledModel
{
    /// <summary>Folder below which it is.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Its folder.</summary>
    public static string Folder => Path.Combine(Root, "mini");

    /// <summary>Its manifest.</summary>
    public static ModelManifest Manifest { get; } = ModelFolder.ReadManifest(Folder);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Reranker.sln")))
            {
                return Path.Combine(folder.FullName, "models");
            }
        }

        throw new InvalidOperationException("The tests do not run from a checkout: Reranker.sln is in no folder above them.");
    }
}
