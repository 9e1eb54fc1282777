namespace Reranker.Onnx.Verification.Layers;

/// <summary>A model that can work each value out from what another one had before it, so that what went wrong earlier does not hide what goes wrong there.</summary>
internal interface IStepwiseSource : ILayerSource
{
    /// <summary>Runs one pair.</summary>
    /// <param name="ids">Its ids.</param>
    /// <param name="given">
    /// Values of the other model. What this one makes of a value is told, and what the other one had goes on. Products read a value as the other
    /// one rounded it where that is there too.
    /// </param>
    /// <param name="see">Told every value, row after row.</param>
    void RunSteps(int[] ids, IReadOnlyDictionary<string, float[]> given, Action<string, ReadOnlySpan<float>> see);
}
