using System.Globalization;
using System.Text;
using Reranker.Client;

namespace Reranker.Tool.ScoreMaps;

/// <summary>How well some pairs' probabilities hold.</summary>
/// <param name="Name">The set, or all.</param>
/// <param name="Pairs">Number of pairs.</param>
/// <param name="Relevant">Those that are relevant.</param>
/// <param name="Sigmoid">Of the sigmoid.</param>
/// <param name="HeldOut">Of the map, each pair by the one that was not fitted to its query.</param>
internal sealed record ScoreMapRow(string Name, int Pairs, int Relevant, CalibrationMeasures Sigmoid, CalibrationMeasures HeldOut)
{
    public static ScoreMapRow Create(
        string name, IReadOnlyList<(double Probability, bool IsRelevant)> plain, IReadOnlyList<(double Probability, bool IsRelevant)> held)
        => new(name, plain.Count, plain.Count(static p => p.IsRelevant), HeldOutFit.Measure(plain), HeldOutFit.Measure(held));

    public void AppendTo(StringBuilder text) => text.AppendLine(
        CultureInfo.InvariantCulture,
        $"{Name,-16} {Pairs,7} {Relevant,8}  {Sigmoid.MassError,9:0.0000} {HeldOut.MassError,9:0.0000} {Sigmoid.WidthError,9:0.0000} {HeldOut.WidthError,9:0.0000} {Sigmoid.Brier,8:0.0000} {HeldOut.Brier,8:0.0000} {Sigmoid.LogLoss,8:0.0000} {HeldOut.LogLoss,8:0.0000}");
}
