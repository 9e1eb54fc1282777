using System.Globalization;
using System.Text.Json.Serialization;

namespace Reranker.Inference.Models;

/// <summary>How a precision ranks held-out texts in comparison with FP32, and what it had to reach.</summary>
/// <param name="Data">What was ranked.</param>
/// <param name="Queries">Number of queries.</param>
/// <param name="Pairs">Number of pairs.</param>
/// <param name="Overlap">Mean share of FP32's ten best that are among the ten best.</param>
/// <param name="KendallTau">Mean rank correlation with FP32, 1 for the same order.</param>
/// <param name="MinOverlap">Least overlap that passes.</param>
/// <param name="MinKendallTau">Least correlation that passes.</param>
public sealed record GateResult(
    string Data, int Queries, int Pairs, double Overlap, double KendallTau, double MinOverlap, double MinKendallTau)
{
    /// <summary>True when it ranks well enough to be chosen where nobody names it.</summary>
    [JsonIgnore]
    public bool HasPassed => Overlap >= MinOverlap && KendallTau >= MinKendallTau;

    /// <summary>The result as a clause.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"top-10 overlap with FP32 {Overlap:0.000} (at least {MinOverlap:0.##}), Kendall tau {KendallTau:0.000} (at least {MinKendallTau:0.##}) on {Pairs} pairs");
}
