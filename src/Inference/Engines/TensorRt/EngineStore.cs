using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>
/// The place of one built engine: <c>CACHE/KEY/</c> with <c>engine_ctx.onnx</c> (a graph of one node that names the engine
/// file), the engine, its profile, its costs and <c>key.txt</c>. Timing caches are shared by all engines of a TensorRT and
/// a GPU, which makes later builds three times as fast.
/// </summary>
internal sealed class EngineStore(string cache, EngineKey key)
{
    private const string EnginePattern = "*.engine";

    /// <summary>Folder of the engine.</summary>
    public string Folder { get; } = Path.Combine(cache, key.Hash);

    /// <summary>What the engine depends on.</summary>
    public EngineKey Key { get; } = key;

    /// <summary>The graph that names the engine.</summary>
    public string ContextGraph => Path.Combine(Folder, "engine_ctx.onnx");

    /// <summary>Folder of the timing cache.</summary>
    public string TimingFolder => Path.Combine(cache, "timing", ToFileName($"{Key.TensorRt}-{Key.Gpu}"));

    /// <summary>True when an engine was built; the context graph may still be missing.</summary>
    public bool HasEngine => Directory.Exists(Folder) && IsMarked && Directory.EnumerateFiles(Folder, EnginePattern).Any();

    /// <summary>True when the engine can be loaded without the model's own graph and without TensorRT's builder.</summary>
    public bool HasContext => HasEngine && File.Exists(ContextGraph);

    /// <summary>Bytes of the engine files.</summary>
    public long EngineBytes => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, EnginePattern).Sum(f => new FileInfo(f).Length)
        : 0;

    // Written last: a build that was killed, or for which the disk was too small, leaves files that may be cut.
    private string CompleteMark => Path.Combine(Folder, "key.txt");

    private bool IsMarked => PlainFile.FindLength(CompleteMark) > 0 && File.ReadAllText(CompleteMark) == Key.Text;

    /// <summary>Makes the folders, without what a killed build left.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    public void CreateFolders()
    {
        Directory.CreateDirectory(TimingFolder);
        if (Directory.Exists(Folder) && !HasEngine)
        {
            Directory.Delete(Folder, recursive: true);
        }

        Directory.CreateDirectory(Folder);
    }

    /// <summary>Marks the engine as whole.</summary>
    /// <exception cref="IOException">The mark cannot be written; the engine is then none.</exception>
    public void MarkComplete() => File.WriteAllText(CompleteMark, Key.Text);

    /// <summary>Forgets a context graph that does not load.</summary>
    public void DropContext() => File.Delete(ContextGraph);

    private static string ToFileName(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
}
