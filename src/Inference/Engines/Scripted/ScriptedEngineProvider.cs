using System.Globalization;

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
        var manifest = request.Model.Manifest;
        var devices = request.Options.Devices;
        var device = devices.Count > request.DeviceOrdinal ? devices[request.DeviceOrdinal] : request.DeviceOrdinal;
        var script = request.Options.Scripted.On(device);
        return new ScriptedEngine(
            script,
            new EngineDescription
            {
                ModelName = manifest.Name,
                ModelIdentity = manifest.Identity,
                Precision = manifest.Precision,
                ExecutionProvider = "Scripted",
                Device = string.Create(CultureInfo.InvariantCulture, $"script {device}"),
                RuntimeVersion = "none",
                MaxPairTokens = request.Options.PairLimit(manifest.MaxPairTokens),
                VocabularySize = manifest.Shape.Vocabulary,
                MaxBatchPairs = script.MaxBatchPairs,
                MaxBatchTokens = script.MaxBatchTokens,
                Lanes = script.Lanes,
            },
            time);
    }
}
