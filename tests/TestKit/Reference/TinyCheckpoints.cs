using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Synthesis;

namespace Reranker.TestKit.Reference;

/// <summary>Checkpoints with random weights that are small enough to make one a test.</summary>
public static class TinyCheckpoints
{
    /// <summary>A shape of a few thousand parameters.</summary>
    public static ModelShape Shape(
        int layers = 2, int heads = 3, int headSize = 4, int feedForward = 20, int vocabulary = 60, int positions = 34) => new()
        {
            Layers = layers,
            Hidden = heads * headSize,
            Heads = heads,
            FeedForward = feedForward,
            Vocabulary = vocabulary,
            Positions = positions,
            LayerNormEpsilon = 1e-5f,
        };

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="folder">Folder to make.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="storedType"><c>F32</c>, <c>F16</c> or <c>BF16</c>.</param>
    /// <param name="shards">Number of safetensors files.</param>
    public static void Write(string folder, ModelShape shape, int seed, string storedType = "F16", int shards = 1)
        => CheckpointSynthesizer.Write(shape, seed, folder, Enum.Parse<StoredType>(storedType), shards, CancellationToken.None);
}
