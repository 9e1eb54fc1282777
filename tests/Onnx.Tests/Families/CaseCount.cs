using System.Globalization;

namespace Reranker.Onnx.Tests.Families;

/// <summary>Random checkpoints that a test imports: a sample, or as many as the variable FAMILY_CASES says.</summary>
internal static class CaseCount
{
    private const int Sample = 40;

    /// <summary>Reads it.</summary>
    /// <param name="sample">How many a sample is.</param>
    public static int Read(int sample = Sample) => int.TryParse(Environment.GetEnvironmentVariable("FAMILY_CASES"), CultureInfo.InvariantCulture, out var cases) ? cases : sample;
}
