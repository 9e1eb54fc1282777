using Microsoft.Extensions.Logging;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>Loads models with <see cref="CpuLoader"/>. Works everywhere, so it is the last one that is tried.</summary>
public sealed class CpuEngineProvider(TimeProvider time, ILogger<CpuEngineProvider> logger) : IEngineProvider
{
    private readonly SharedSessions _sessions = new();

    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.Cpu;

    /// <inheritdoc/>
    public IInferenceEngine Load(EngineRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new CpuLoader(_sessions, time, logger).Load(request);
    }
}
