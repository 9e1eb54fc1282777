using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Verification;
using Reranker.TestKit;

namespace Reranker.Onnx.Tests;

/// <summary>The model in the repository's <c>models/mini</c>, copied beside the tests.</summary>
public sealed class BundledModelTests
{
    // Other processors and other fusions round other quantization levels: two runs that differ in nothing else are up to
    // 0.13 apart on single pairs and 0.015 on average.
    private const double MeanRoundingError = 0.05;
    private const double MaxRoundingError = 0.3;
    private const double MeanQuantizationError = 0.1;
    private const double MaxQuantizationError = 0.4;

    private static readonly string GoldenFile = Path.Combine("Goldens", "mini", "golden-int8.json");

    private static ModelFolder Open() => ModelFolder.Open(Path.Combine(AppContext.BaseDirectory, "models", "mini"));

    [Fact]
    public void The_folder_opens_and_is_small_enough_for_a_repository()
    {
        var manifest = Open().Manifest;

        Assert.Equal(("reranker-mini", "int8", 512, true), (manifest.Name, manifest.Precision, manifest.MaxPairTokens, manifest.OnePairPerRun));
        Assert.InRange(manifest.Files.Sum(f => f.Bytes), 1, 24_000_000);
    }

    [Fact]
    public void Its_probes_are_what_the_graph_gives()
    {
        var folder = Open();
        using var runner = GraphRunner.Load(folder.FindGraphPath("padded")!, frugal: false);

        var errors = folder.Manifest.Probes.Select(p => Math.Abs(p.Logit - runner.ScorePairs([p.Ids])[0])).ToArray();

        Assert.NotEmpty(errors);
        Assert.InRange(errors.Average(), 0, MeanRoundingError);
    }

    [Fact]
    public void Its_logits_are_the_stored_ones_and_near_those_of_FP32()
    {
        var logits = Score();
        var stored = JsonSerializer.Deserialize<float[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, GoldenFile)))!;
        var wide = Goldens.MiniPairs().Select(p => p.Logit).ToArray();

        AssertNear(stored, logits, MeanRoundingError, MaxRoundingError);
        AssertNear(wide, logits, MeanQuantizationError, MaxQuantizationError);
    }

    /// <summary>Run with <c>--explicit only</c> after the bundled model was made anew, on a processor with VNNI.</summary>
    [Fact(Explicit = true)]
    public void Write_the_stored_logits()
    {
        var lines = Score().Select(l => l.ToString("F5", CultureInfo.InvariantCulture));
        File.WriteAllText(Path.Combine(TestKitFolder(), GoldenFile), $"[\n  {string.Join(",\n  ", lines)}\n]\n");
    }

    private static float[] Score()
    {
        using var runner = GraphRunner.Load(Open().FindGraphPath("padded")!, frugal: false);
        return [.. Goldens.MiniPairs().Select(p => runner.ScorePairs([p.Ids])[0])];
    }

    private static void AssertNear(float[] expected, float[] actual, double mean, double max)
    {
        Assert.Equal(expected.Length, actual.Length);
        var errors = expected.Zip(actual, (e, a) => (double)Math.Abs(e - a)).ToArray();
        Assert.InRange(errors.Average(), 0, mean);
        Assert.InRange(errors.Max(), 0, max);
    }

    private static string TestKitFolder([CallerFilePath] string source = "")
        => Path.Combine(Path.GetDirectoryName(source)!, "..", "TestKit");
}
