using Reranker.Inference.Graphs;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>Models that CUDA runs padded, because they have no other form: graphs that somebody else made.</summary>
internal static class PaddedCudaModels
{
    /// <summary>
    /// True for one. What is quantized is made for other providers, and where activations are quantized at run time a batch is one pair.
    /// </summary>
    public static bool Holds(ModelManifest manifest) => manifest.Graphs.Keys.All(static form => form == GraphForms.Padded)
        && !manifest.OnePairPerRun
        && (manifest.Precision == ModelPrecision.Fp16.Name || manifest.Precision == ModelPrecision.Fp32.Name);
}
