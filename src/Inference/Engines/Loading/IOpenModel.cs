namespace Reranker.Inference.Engines.Loading;

/// <summary>A model whose session is open on a device. It gives the memory of that back when it is disposed.</summary>
internal interface IOpenModel : IDisposable
{
    /// <summary>The execution provider, for the engine's description.</summary>
    string ExecutionProvider { get; }

    /// <summary>The device by name.</summary>
    string Device { get; }

    /// <summary>Name and version of what runs it.</summary>
    string RuntimeVersion { get; }

    /// <summary>Version of the engine's own kernels; null for a model that runs none of them.</summary>
    string? KernelVersion => null;
}
