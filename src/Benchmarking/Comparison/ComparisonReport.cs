using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Benchmarking.Comparison;

/// <summary>How far the logits of two engines are apart on the same pairs.</summary>
/// <param name="Reference">Provider and precision of the one that is believed.</param>
/// <param name="Tested">Provider and precision of the other.</param>
/// <param name="Pairs">Pairs that were compared.</param>
/// <param name="MaxDifference">Largest distance of a logit of the tested engine, in any batch, to the reference's.</param>
/// <param name="MeanDifference">Mean distance.</param>
/// <param name="MaxNeighbourDifference">Largest distance of two logits that the tested engine gave one pair in different batches.</param>
/// <param name="MaxReferenceSpread">Largest less smallest logit of the reference: what the differences are to be held against.</param>
public sealed record ComparisonReport(
    string Reference,
    string Tested,
    int Pairs,
    double MaxDifference,
    double MeanDifference,
    double MaxNeighbourDifference,
    double MaxReferenceSpread)
{
    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ComparisonJson.Default.ComparisonReport);
}

/// <summary>How the report looks on disk. A logit that is no number is infinitely far from the reference, which JSON has no number for.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
