using System.Globalization;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Loading;

/// <summary>Runs a model's probes before it gets work: an engine that gives other logits is not this model.</summary>
internal static class ProbeCheck
{
    // A tolerance is four deviations, of which noise has eight tenths of one in the mean.
    private const float MostOfWideTolerance = 0.5f;

    /// <summary>The probes that an engine can run.</summary>
    public static IEnumerable<ManifestProbe> ListProbes(ModelManifest manifest, int maxPairTokens)
        => manifest.Probes.Where(p => p.Ids.Length > 0 && p.Ids.Length <= maxPairTokens);

    /// <summary>Runs every probe that is no longer than <paramref name="maxPairTokens"/>, one a batch.</summary>
    /// <exception cref="ModelFolderException">A logit differs by more than the tolerance, or is no number.</exception>
    public static void CheckProbes(IEngineLane lane, ModelManifest manifest, string graphFile, int maxPairTokens)
    {
        var usual = ModelPrecision.Parse(manifest.Precision).LogitTolerance;
        var logit = new float[1];
        var shares = new List<float>();
        foreach (var probe in ListProbes(manifest, maxPairTokens))
        {
            var tolerance = MathF.Max(usual, probe.Tolerance ?? 0);
            lane.Run([probe.Ids], logit);

            // NaN compares false: this way around it is refused.
            if (!(MathF.Abs(logit[0] - probe.Logit) <= tolerance))
            {
                throw new ModelFolderException(graphFile, DescribeDifference(probe, logit[0], tolerance));
            }

            if (tolerance > usual)
            {
                shares.Add(MathF.Abs(logit[0] - probe.Logit) / tolerance);
            }
        }

        // Where single logits tell little, all of them do: rounding moves few of them far.
        if (shares.Count > 0 && shares.Average() > MostOfWideTolerance)
        {
            throw new ModelFolderException(graphFile, string.Create(
                CultureInfo.InvariantCulture,
                $"gives {shares.Count} probes logits that are {shares.Average():P0} of their tolerance away in the mean; rounding explains {MostOfWideTolerance:P0}"));
        }
    }

    private static string DescribeDifference(ManifestProbe probe, float logit, float tolerance)
    {
        return string.Create(
            CultureInfo.InvariantCulture,
            $"gives logit {logit:F4} for a probe of {probe.Ids.Length} tokens; its manifest says {probe.Logit:F4} within {tolerance}");
    }
}
