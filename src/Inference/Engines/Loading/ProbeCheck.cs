using System.Globalization;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Loading;

/// <summary>Runs a model's probes before it gets work: an engine that gives other logits is not this model.</summary>
internal static class ProbeCheck
{
    /// <summary>
    /// How far a logit may be from the one stored with the model. INT8 has the most room: another processor or another fusion
    /// of operators adds in another order, and a last bit that differs moves an activation to the next of 255 levels.
    /// On the bundled model that was 0.015 in the mean and 0.13 at most.
    /// </summary>
    public static float Tolerance(string precision) => precision switch
    {
        "int8" or ModelManifest.Int8Qdq => 0.25f,
        "fp16" => 0.02f,
        _ => 1e-3f,
    };

    /// <summary>The probes that an engine can run.</summary>
    public static IEnumerable<ManifestProbe> Of(ModelManifest manifest, int maxPairTokens)
        => manifest.Probes.Where(p => p.Ids.Length > 0 && p.Ids.Length <= maxPairTokens);

    /// <summary>Runs every probe that is no longer than <paramref name="maxPairTokens"/>, one a batch.</summary>
    /// <exception cref="ModelFolderException">A logit differs by more than the tolerance, or is no number.</exception>
    public static void Run(IEngineLane lane, ModelManifest manifest, string graphFile, int maxPairTokens)
    {
        var tolerance = Tolerance(manifest.Precision);
        var logit = new float[1];
        foreach (var probe in Of(manifest, maxPairTokens))
        {
            lane.Run([probe.Ids], logit);

            // NaN compares false: this way around it is refused.
            if (!(MathF.Abs(logit[0] - probe.Logit) <= tolerance))
            {
                throw new ModelFolderException(graphFile, Difference(manifest, probe, logit[0], tolerance));
            }
        }
    }

    private static string Difference(ModelManifest manifest, ManifestProbe probe, float logit, float tolerance)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"gives logit {logit:F4} for a probe of {probe.Ids.Length} tokens; its manifest says {probe.Logit:F4} within {tolerance}");
        return manifest.Precision == "int8"
            ? text + ". Processors without VNNI saturate in 8-bit multiplication: use a model of another precision there"
            : text;
    }
}
