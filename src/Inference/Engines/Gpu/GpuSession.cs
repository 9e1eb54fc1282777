using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Logging;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Makes sessions whose whole graph runs on the GPU, or says that it does not.</summary>
internal static partial class GpuSession
{
    private const string CpuRefused = "session.disable_cpu_ep_fallback";

    /// <summary>Loads a graph.</summary>
    /// <param name="graph">The graph file.</param>
    /// <param name="configure">Adds providers and settings.</param>
    /// <param name="logger">Told when a part of the graph runs on the CPU.</param>
    /// <exception cref="OnnxRuntimeException">The runtime, a provider or the device refuses.</exception>
    public static InferenceSession OpenWithCpuFallback(string graph, Action<SessionOptions> configure, ILogger logger)
    {
        try
        {
            return CreateSession(graph, configure, wholly: true);
        }
        catch (OnnxRuntimeException e) when (e.Message.Contains("fallback to CPU EP", StringComparison.Ordinal))
        {
            // Slower, and right: every operator left over is copied to the CPU and back.
            LogPartlyOnCpu(logger, graph);
            return CreateSession(graph, configure, wholly: false);
        }
    }

    private static InferenceSession CreateSession(string graph, Action<SessionOptions> configure, bool wholly)
    {
        using var options = OnnxSessions.CreateOptions();
        if (wholly)
        {
            options.AddSessionConfigEntry(CpuRefused, "1");
        }

        configure(options);
        return new InferenceSession(graph, options);
    }

    [LoggerMessage(
        InferenceEventIds.GraphPartlyOnCpu,
        LogLevel.Warning,
        "A part of {Graph} has no operator on the GPU and runs on the CPU: batches take longer than they should")]
    private static partial void LogPartlyOnCpu(ILogger logger, string graph);
}
