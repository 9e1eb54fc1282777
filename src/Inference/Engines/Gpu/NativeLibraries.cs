using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>The native libraries of this process.</summary>
internal sealed class NativeLibraries : INativeLibraries
{
    private const string RuntimeLibrary = "libonnxruntime.so";

    private NativeLibraries()
    {
    }

    /// <summary>The only one: a process has one set of them.</summary>
    public static NativeLibraries Instance { get; } = new();

    // The providers are looked for beside the library that was really loaded, wherever the host found it.
    public string RuntimeFolder => Path.GetDirectoryName(RuntimeFile)!;

    /// <summary>The ONNX Runtime library that this process runs.</summary>
    public static string RuntimeFile
    {
        get
        {
            OrtEnv.Instance();
            using var process = Process.GetCurrentProcess();
            var runtime = process.Modules.Cast<ProcessModule>().FirstOrDefault(
                m => m.ModuleName.StartsWith(RuntimeLibrary, StringComparison.Ordinal));
            return runtime?.FileName ?? Path.Combine(AppContext.BaseDirectory, RuntimeLibrary);
        }
    }

    public unsafe int? TensorRtVersion
        => NativeLibrary.TryLoad(GpuLibraries.TensorRt, out var library)
            && NativeLibrary.TryGetExport(library, "getInferLibVersion", out var version)
                ? ((delegate* unmanaged<int>)version)()
                : null;

    public bool HasProvider(string provider) => OrtEnv.Instance().GetAvailableProviders().Contains(provider);

    public bool HasInterface(uint version) => Onnx.Operators.OrtApi.Has(version);

    public bool FileExists(string path) => File.Exists(path);

    // A library that was loaded stays: the provider needs it a moment later.
    public bool TryLoad(string library) => NativeLibrary.TryLoad(library, out _);

    public bool Finds(string library)
    {
        var found = NativeLibrary.TryLoad(library, out var handle);
        if (found)
        {
            NativeLibrary.Free(handle);
        }

        return found;
    }
}
