using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.Onnx;

/// <summary>The native ONNX Runtime that this process runs.</summary>
internal static class OnnxRuntimeLibrary
{
    private const string FileName = "libonnxruntime.so";

    /// <summary>Its file. Providers are looked for beside the one that was really loaded, wherever the host found it.</summary>
    public static string FilePath
    {
        get
        {
            OrtEnv.Instance();
            using var process = Process.GetCurrentProcess();
            var runtime = process.Modules.Cast<ProcessModule>().FirstOrDefault(
                m => m.ModuleName.StartsWith(FileName, StringComparison.Ordinal));
            return runtime?.FileName ?? Path.Combine(AppContext.BaseDirectory, FileName);
        }
    }

    /// <summary>Name and version, for example <c>ONNX Runtime 1.31.0</c>.</summary>
    public static string Version => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}";
}
