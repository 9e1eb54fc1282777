using Reranker.Onnx.Quantization;

namespace Reranker.Onnx.Verification.Source;

/// <summary>What a pass shows of its values, and what it goes on with in place of them.</summary>
/// <param name="see">Told every value, row after row.</param>
/// <param name="given">Values of another model; empty for none.</param>
internal sealed class PassSteps(Action<string, ReadOnlySpan<float>> see, IReadOnlyDictionary<string, float[]> given)
{
    /// <summary>A value was worked out.</summary>
    /// <returns>The same array, with what the rest of the pass works with: the other model's numbers where it has some.</returns>
    public float[] ShowValue(string value, float[] numbers)
    {
        see(value, numbers);
        FindGiven(value, numbers)?.CopyTo(numbers, 0);
        return numbers;
    }

    /// <summary>What a product reads of a value: as the other model rounded it where it says so.</summary>
    public float[] RoundForProduct(string value, float[] numbers) => FindGiven(QuantizedNames.NameRounded(value), numbers) ?? numbers;

    private float[]? FindGiven(string value, float[] numbers) => given.TryGetValue(value, out var others) && others.Length == numbers.Length ? others : null;
}
