using Reranker.Inference.Engines.Gpu.Libraries;

namespace Reranker.Inference.Tests.Engines.Gpu.Libraries;

/// <summary>A machine where everything is there but what is named.</summary>
internal sealed class FakeLibraries(params string[] missing) : INativeLibraries
{
    public string RuntimeFolder => "/app";

    public int? TensorRtVersion => 100_600;

    public bool HasProvider(string provider) => !missing.Contains(provider);

    public bool HasInterface(uint version) => !missing.Contains("interface");

    public bool FileExists(string path) => !missing.Contains(Path.GetFileName(path));

    /// <summary>Libraries of other versions that are there.</summary>
    public string[] Others { get; init; } = [];

    public bool CanFind(string library) => Others.Contains(library);

    public bool TryLoad(string library) => !missing.Contains(library);
}
