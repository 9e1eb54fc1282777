using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Gpu.Libraries;

/// <summary>The one function of TensorRT that this process calls itself.</summary>
internal static partial class TensorRtEntryPoints
{
    /// <summary>Name of the library.</summary>
    public const string Library = "libnvinfer.so.10";

    /// <summary>Version as 10000 × major + 100 × minor + patch.</summary>
    [LibraryImport(Library, EntryPoint = "getInferLibVersion")]
    public static partial int GetVersion();
}
