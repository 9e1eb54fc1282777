using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification.Layers;

namespace Reranker.Onnx.Verification.Source;

/// <summary>What the forward passes over a checkpoint have in common, whatever its architecture: one pair at a time, from its own weights.</summary>
internal abstract class CheckpointLayers(Checkpoint checkpoint, string name) : IStepwiseSource
{
    // Sums of hundreds of FP32 products in another order are this far apart at the most.
    private const double RoundingTolerance = 100;

    private readonly PairEncoder _encoder = new(checkpoint.Tokenizer);

    public string Name { get; } = $"{name} (source)";

    public IReadOnlyList<string> Values { get; } = LayerValues.List(checkpoint.Shape);

    public double UsualTolerance => RoundingTolerance;

    public double? UsualStepTolerance => null;

    public bool DoStepsTellAll => false;

    /// <summary>The checkpoint, which it owns.</summary>
    protected Checkpoint Source { get; } = checkpoint;

    /// <summary>Products and normalizations with its weights.</summary>
    protected SourceArithmetic Weights { get; } = new(checkpoint);

    /// <summary>Numbers of a token.</summary>
    protected int Hidden { get; } = checkpoint.Shape.Hidden;

    public int FindWidth(string value) => LayerValues.FindWidth(Source.Shape, value);

    public int[] EncodePair(string query, string passage, int longest)
        => _encoder.EncodePair(query, passage, Math.Min(longest, Source.Shape.MaxPositions));

    public void Run(int[] ids, Action<string, ReadOnlySpan<float>> see) => RunPass(ids, new PassSteps(see, new Dictionary<string, float[]>()));

    public void RunSteps(int[] ids, IReadOnlyDictionary<string, float[]> given, Action<string, ReadOnlySpan<float>> see) => RunPass(ids, new PassSteps(see, given));

    public void Dispose() => Source.Dispose();

    /// <summary>Runs one pair, and shows its values.</summary>
    protected abstract void RunPass(int[] ids, PassSteps steps);
}
