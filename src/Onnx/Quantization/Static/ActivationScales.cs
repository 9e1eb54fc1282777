using Reranker.Inference.Models;

namespace Reranker.Onnx.Quantization.Static;

/// <summary>The static scale of every quantized activation, by the name of the value: value ≈ level × scale.</summary>
internal sealed class ActivationScales
{
    // The range ±3.8 suits a normalized activation and clips whatever is larger: right in cost, wrong in scores.
    private const float Placeholder = 0.03f;
    private const float MaxLevel = 127;
    private const float MaxE4M3 = 448;

    // The smallest normal FP16 number: a scale below it loses digits, and zero would divide by zero.
    private const float MinScale = 6.2e-5f;

    private readonly IReadOnlyDictionary<string, float> _scales;

    private ActivationScales(IReadOnlyDictionary<string, float> scales, string calibration) => (_scales, Calibration) = (scales, calibration);

    /// <summary>Where the scales come from, for the manifest.</summary>
    public string Calibration { get; }

    /// <summary>The scale of a value.</summary>
    public float this[string value] => _scales[value];

    /// <summary>One scale for all: enough to build an engine and to measure its speed, never to score with it.</summary>
    public static ActivationScales CreatePlaceholders(ModelShape shape)
        => new(QuantizedLinears.ListInputs(shape).ToDictionary(i => i.Value, _ => Placeholder), ModelManifest.PlaceholderCalibration);

    /// <summary>Scales from the largest magnitude of every channel; a static range is common to all of them.</summary>
    /// <param name="largest">Result of <see cref="CalibrationRun.MeasureRanges"/>.</param>
    public static ActivationScales FromRanges(IReadOnlyDictionary<string, float[]> largest) => new(
        largest.ToDictionary(v => v.Key, v => MathF.Max(v.Value.Max() / MaxLevel, MinScale)), "ranges");

    /// <summary>The same for e4m3: the largest magnitude becomes the largest e4m3.</summary>
    public static ActivationScales FromRangesForFp8(IReadOnlyDictionary<string, float[]> largest, string calibration) => new(
        largest.ToDictionary(v => v.Key, v => MathF.Max(v.Value.Max(), MinScale) / MaxE4M3), calibration);
}
