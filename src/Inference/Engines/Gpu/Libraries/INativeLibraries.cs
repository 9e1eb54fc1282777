namespace Reranker.Inference.Engines.Gpu.Libraries;

/// <summary>What native code is there to be loaded.</summary>
internal interface INativeLibraries
{
    /// <summary>Folder of the ONNX Runtime library that this process runs.</summary>
    string RuntimeFolder { get; }

    /// <summary>True when the ONNX Runtime of this process was built with that execution provider.</summary>
    bool HasProvider(string provider);

    /// <summary>True when the ONNX Runtime of this process has that version of its C interface.</summary>
    bool HasInterface(uint version);

    /// <summary>True when there is such a file.</summary>
    bool FileExists(string path);

    /// <summary>Loads a library by the name under which the system's loader finds it; false when it cannot.</summary>
    bool TryLoad(string library);

    /// <summary>True when the system's loader finds a library of that name; it does not stay loaded.</summary>
    bool CanFind(string library);

    /// <summary>Version of TensorRT as 10000 × major + 100 × minor + patch; null without TensorRT.</summary>
    int? TensorRtVersion { get; }
}
