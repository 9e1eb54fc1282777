namespace Reranker.Inference.Engines;

/// <summary>A batch failed in the engine.</summary>
/// <param name="fault">What failed, and so what may be tried next.</param>
/// <param name="message">One sentence that names the cause.</param>
/// <param name="innerException">The runtime's own error.</param>
public sealed class EngineException(EngineFault fault, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What failed.</summary>
    public EngineFault Fault { get; } = fault;
}
