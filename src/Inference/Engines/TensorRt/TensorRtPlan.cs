using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>What an engine would be for a model on a GPU of this machine, before anything is loaded.</summary>
internal sealed record TensorRtPlan(GpuDevice Device, string Graph, ShapeProfile Profile, int MaxPairTokens, EngineStore Store)
{
    /// <exception cref="EngineUnavailableException">TensorRT does not work here or not with this model.</exception>
    public static TensorRtPlan CreatePlan(EngineRequest request, ICudaDriver driver, GpuLibraries libraries)
    {
        var options = request.Options.TensorRt.Checked();
        options.Profile.Checked();
        if (libraries.FindMissingForTensorRt() is { } missing)
        {
            throw new EngineUnavailableException(EngineKind.TensorRt, missing) { IsForWantOfDevice = libraries.HasNoGpu };
        }

        var manifest = request.Model.Manifest;
        if (manifest.OnePairPerRun)
        {
            throw new EngineUnavailableException(
                EngineKind.TensorRt, $"model '{manifest.Name}' ({manifest.Precision}) takes its activation ranges over a run, which is for CPUs; import it as fp16 or int8-qdq");
        }

        var graph = request.Model.FindGraphPath(GraphContract.Padded.Form)
            ?? throw new EngineUnavailableException(EngineKind.TensorRt, $"model '{manifest.Name}' has no padded graph");
        var device = GpuDevices.FindDevice(request, EngineKind.TensorRt, driver);
        var maxPairTokens = Math.Min(request.Options.FindPairLimit(manifest.MaxPairTokens), options.Profile.MaxLength);
        var profile = options.Profile.FitTo(maxPairTokens);
        var key = EngineKey.CreateKey(manifest, graph, OnnxRuntimeLibrary.Version, libraries.ReadTensorRtVersion(), device, profile, options);
        return new TensorRtPlan(device, graph, profile, maxPairTokens, new EngineStore(options.EngineCacheFolder, key));
    }
}
