using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>What an engine would be for a model on a GPU of this machine, before anything is loaded.</summary>
internal sealed record TensorRtPlan(GpuDevice Device, string Graph, ShapeProfile Profile, int MaxPairTokens, EngineStore Store)
{
    /// <exception cref="EngineUnavailableException">TensorRT does not work here or not with this model.</exception>
    public static TensorRtPlan Create(EngineRequest request, ICudaDriver driver, GpuLibraries libraries)
    {
        var options = request.Options.TensorRt.Checked();
        options.Profile.Checked();
        if (libraries.MissingForTensorRt() is { } missing)
        {
            throw new EngineUnavailableException(EngineKind.TensorRt, missing) { IsForWantOfDevice = libraries.HasNoGpu };
        }

        var manifest = request.Model.Manifest;
        if (manifest.OnePairPerRun)
        {
            throw new EngineUnavailableException(
                EngineKind.TensorRt, $"model '{manifest.Name}' ({manifest.Precision}) takes its activation ranges over a run, which is for CPUs; import it as fp16 or int8-qdq");
        }

        var graph = request.Model.GraphPath(GraphContract.Padded.Form)
            ?? throw new EngineUnavailableException(EngineKind.TensorRt, $"model '{manifest.Name}' has no padded graph");
        var device = GpuDevices.Find(request, EngineKind.TensorRt, driver);
        var maxPairTokens = Math.Min(request.Options.PairLimit(manifest.MaxPairTokens), options.Profile.MaxLength);
        var profile = options.Profile.For(maxPairTokens);
        var key = EngineKey.Create(manifest, graph, OnnxRuntimeLibrary.Version, libraries.TensorRtVersion(), device, profile, options);
        return new TensorRtPlan(device, graph, profile, maxPairTokens, new EngineStore(options.EngineCacheFolder, key));
    }
}
