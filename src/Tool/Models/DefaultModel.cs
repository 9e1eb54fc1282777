namespace Reranker.Tool.Models;

/// <summary>The small model that comes with the program.</summary>
internal static class DefaultModel
{
    /// <summary>Its folder, beside the program's own files.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "mini");
}
