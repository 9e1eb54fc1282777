namespace Reranker.Inference.Engines;

/// <summary>An engine does not work on this machine, in this build, or with this model's graphs.</summary>
/// <param name="engine">Which engine.</param>
/// <param name="reason">Why not.</param>
/// <param name="innerException">The runtime's own error.</param>
public sealed class EngineUnavailableException(EngineKind engine, string reason, Exception? innerException = null)
    : Exception($"The {engine} engine is not available: {reason}.", innerException)
{
    /// <summary>Which engine.</summary>
    public EngineKind Engine { get; } = engine;

    /// <summary>Why not, as a clause without a full stop.</summary>
    public string Reason { get; } = reason;

    /// <summary>Whether the machine has no device of that kind: nothing is wrong, and an automatic choice has nothing to warn of.</summary>
    public bool IsForWantOfDevice { get; init; }
}
