using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;

namespace Reranker.Inference.Engines.Gpu.Libraries;

/// <summary>The native libraries of this process.</summary>
internal sealed class NativeLibraries : INativeLibraries
{
    private NativeLibraries()
    {
    }

    /// <summary>The only one: a process has one set of them.</summary>
    public static NativeLibraries Instance { get; } = new();

    public string RuntimeFolder => Path.GetDirectoryName(OnnxRuntimeLibrary.FilePath)!;

    public int? TensorRtVersion
    {
        get
        {
            if (!TryLoad(TensorRtEntryPoints.Library))
            {
                return null;
            }

            try
            {
                NativeEntryPoints.ResolveNativeFunctions(typeof(TensorRtEntryPoints));
            }
            catch (EntryPointNotFoundException)
            {
                // Not TensorRT, whatever its name.
                return null;
            }

            return TensorRtEntryPoints.GetVersion();
        }
    }

    public bool HasProvider(string provider) => OrtEnv.Instance().GetAvailableProviders().Contains(provider);

    public bool HasInterface(uint version) => OrtFunctions.HasVersion(version);

    public bool FileExists(string path) => File.Exists(path);

    // A library that was loaded stays: the provider needs it a moment later.
    public bool TryLoad(string library) => NativeLibrary.TryLoad(library, out _);

    public bool CanFind(string library)
    {
        var found = NativeLibrary.TryLoad(library, out var handle);
        if (found)
        {
            NativeLibrary.Free(handle);
        }

        return found;
    }
}
