using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Client;
using Reranker.Tool.Input;

namespace Reranker.Tool.ScoreMaps;

/// <summary>A fitted curve, and how well it and the sigmoid hold on pairs of queries that nothing was fitted to.</summary>
/// <param name="Curve">The curve, fitted to all pairs.</param>
/// <param name="All">All pairs.</param>
/// <param name="Sets">The pairs of each set.</param>
/// <param name="Line">The held-out line on all pairs.</param>
/// <param name="Bend">The held-out line with a bend; null where some part has none that rises.</param>
/// <param name="Thresholds">Where probabilities lie among the model's logits.</param>
internal sealed record ScoreMapReport(
    ScoreCurve Curve, ScoreMapRow All, IReadOnlyList<ScoreMapRow> Sets, CalibrationMeasures Line, CalibrationMeasures? Bend,
    IReadOnlyList<ScoreThreshold> Thresholds)
{
    private static readonly double[] Marks = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

    /// <summary>Held-out probabilities of all pairs, for a plot.</summary>
    [JsonIgnore]
    public required IReadOnlyList<(double Probability, bool IsRelevant)> HeldOut { get; init; }

    /// <summary>Sigmoids of all pairs, for a plot.</summary>
    [JsonIgnore]
    public required IReadOnlyList<(double Probability, bool IsRelevant)> Plain { get; init; }

    /// <summary>Fits curves to all parts but one and tries them on that one; then fits the better kind to all pairs.</summary>
    /// <exception cref="InputException">Relevance does not rise with the model's logits, or there is nothing to tell apart.</exception>
    public static ScoreMapReport Create(IReadOnlyList<LabelledLogit> pairs, int folds)
    {
        RequireBothKinds(pairs.Count(static p => p.IsRelevant), pairs.Count);
        var line = HeldOutFit.Create(pairs, folds, CurveFit.FitLine) ?? throw new InputException(
            "on this data relevance does not rise with the model's logits, so that no rising curve fits; look at it with 'reranker quality'");
        var bend = HeldOutFit.Create(pairs, folds, CurveFit.FitBend);
        var whole = bend is not null && bend.BeatsBeyondChance(line) ? CurveFit.FitBend(pairs) : null;
        var chosen = whole is null ? line : bend!;
        var curve = whole ?? CurveFit.FitLine(pairs)!.Value;
        var plain = pairs.Select(static p => (ScoreCurve.Sigmoid.FindProbability(p.Logit), p.IsRelevant)).ToArray();
        var held = pairs.Select((p, i) => (chosen.Probabilities[i], p.IsRelevant)).ToArray();
        return new ScoreMapReport(
            curve, ScoreMapRow.Create("all", plain, held),
            [.. pairs.Select(static (pair, i) => (pair.Set, i)).GroupBy(static p => p.Set, static p => p.i).OrderBy(static g => g.Key, StringComparer.Ordinal)
                .Select(g => ScoreMapRow.Create(g.Key, [.. g.Select(i => plain[i])], [.. g.Select(i => held[i])]))],
            line.Measures, bend?.Measures, [.. Marks.Select(p => new ScoreThreshold(p, curve.FindLogit(p)))])
        {
            HeldOut = held,
            Plain = plain,
        };
    }

    /// <summary>Refuses data in which all documents are of one kind.</summary>
    /// <param name="relevant">Those that are relevant.</param>
    /// <param name="documents">All of them.</param>
    /// <exception cref="InputException">There is nothing to tell apart.</exception>
    public static void RequireBothKinds(int relevant, int documents)
    {
        if (relevant == 0 || relevant == documents)
        {
            throw new InputException($"{(relevant == 0 ? "no" : "every")} document of the data is relevant: there is nothing to learn a probability from");
        }
    }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ScoreMapReportJson.Default.ScoreMapReport);

    /// <summary>The report as a table for people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"",-16} {"",7} {"",8}  {"ECE, equal mass",-19} {"ECE, equal width",-19} {"Brier",-17} {"log loss",-17}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"",-16} {"pairs",7} {"relevant",8}  {"sigmoid",9} {"map",9} {"sigmoid",9} {"map",9} {"sigmoid",8} {"map",8} {"sigmoid",8} {"map",8}");
        foreach (var row in Sets.Prepend(All))
        {
            row.AppendTo(text);
        }

        var share = (double)All.Relevant / All.Pairs;
        text.AppendLine(CultureInfo.InvariantCulture, $"log loss of always saying {share:0.0000}, the share of relevant pairs: {-((share * Math.Log(share)) + ((1 - share) * Math.Log(1 - share))):0.0000}");
        var kind = Curve.LowSlope == Curve.HighSlope ? "line" : "line with a bend";
        text.AppendLine(CultureInfo.InvariantCulture, $"log loss held out: line {Line.LogLoss:0.00000}, with a bend {(Bend is null ? "none that rises" : Bend.LogLoss.ToString("0.00000", CultureInfo.InvariantCulture))}; taken: {kind}");
        text.AppendLine(CultureInfo.InvariantCulture, $"log-odds: slope {Curve.LowSlope:0.####} below logit 0, {Curve.HighSlope:0.####} above, intercept {Curve.Intercept:0.####}");
        text.Append("probability ← logit:");
        foreach (var mark in Thresholds)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {mark.Probability:0.##} ← {mark.Logit:0.00}");
        }

        return text.AppendLine().ToString();
    }
}

/// <summary>Where a probability lies among a model's logits.</summary>
/// <param name="Probability">The probability.</param>
/// <param name="Logit">The logit that has it.</param>
internal readonly record struct ScoreThreshold(double Probability, double Logit);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ScoreMapReport))]
internal sealed partial class ScoreMapReportJson : JsonSerializerContext;
