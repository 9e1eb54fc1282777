using System.Globalization;
using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Scripted;

/// <summary>Lets a script stand for a model: its name, identity, vocabulary and length limit are the folder's.</summary>
public sealed class ScriptedEngineProvider(TimeProvider time) : IEngineProvider
{
    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.Scripted;

    /// <inheritdoc/>
    public IInferenceEngine Load(EngineRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var devices = request.Options.Devices;
        var device = devices.Count > request.DeviceOrdinal ? devices[request.DeviceOrdinal] : request.DeviceOrdinal;
        var script = request.Options.Scripted.ForDevice(device);
        return new ScriptedEngine(
            script,
            EngineDescription.FromRequest(
                request,
                "Scripted",
                string.Create(CultureInfo.InvariantCulture, $"script {device}"),
                "none",
                new CostLimits(request.Options.FindPairLimit(request.Model.Manifest.MaxPairTokens), script.MaxBatchPairs, script.MaxBatchTokens, script.Lanes)),
            time);
    }
}
