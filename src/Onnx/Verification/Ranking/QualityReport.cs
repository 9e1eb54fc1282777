using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Onnx.Verification.Ranking;

/// <summary>How well a model ranks, by set and by language, and how far its rankings are from a reference's.</summary>
/// <param name="Model">The model.</param>
/// <param name="Reference">The reference, or null.</param>
/// <param name="Depth">Depth of nDCG, recall and overlap.</param>
/// <param name="All">All queries.</param>
/// <param name="Sets">Each set.</param>
/// <param name="Languages">Each language.</param>
public sealed record QualityReport(
    string Model, string? Reference, int Depth, QualityRow All, IReadOnlyList<QualityRow> Sets, IReadOnlyList<QualityRow> Languages)
{
    /// <summary>Measures rankings.</summary>
    /// <param name="model">Name and precision of the model.</param>
    /// <param name="ranked">What it gave.</param>
    /// <param name="reference">Name and precision of the reference, or null.</param>
    /// <param name="believed">What that gave for the same queries, or null.</param>
    /// <param name="depth">Depth of nDCG, recall and overlap.</param>
    public static QualityReport Create(
        string model, IReadOnlyList<RankedQuery> ranked, string? reference = null, IReadOnlyList<RankedQuery>? believed = null, int depth = 10)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        var pairs = ranked.Select((q, i) => (Query: q, Believed: believed?[i])).ToList();
        QualityRow Measure(string name, IEnumerable<(RankedQuery Query, RankedQuery? Believed)> part)
            => QualityRow.Create(name, [.. part.Select(p => p.Query)], believed is null ? null : [.. part.Select(p => p.Believed!)], depth);
        IReadOnlyList<QualityRow> Group(Func<RankedQuery, string?> find) =>
            [.. pairs.Where(p => find(p.Query) is not null).GroupBy(p => find(p.Query)!).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Measure(g.Key, g))];

        return new QualityReport(model, reference, depth, Measure("all", pairs), Group(q => q.Set), Group(q => q.Lang));
    }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, QualityJson.Default.QualityReport);

    /// <summary>The report as a table for people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.AppendLine(Reference is null ? Model : $"{Model} against {Reference}");
        text.Append(CultureInfo.InvariantCulture, $"{"",-16} {"queries",7}  {$"nDCG@{Depth}",-24} {"MRR",6} {$"recall@{Depth}",9}");
        text.AppendLine(Reference is null ? "" : $"  {"loss of nDCG",-26} {"tau",6} {"overlap",8} {"|Δ logit|",9}");
        foreach (var row in Sets.Prepend(All))
        {
            row.AppendTo(text);
        }

        foreach (var row in Languages.Count > 1 ? Languages : [])
        {
            row.AppendTo(text);
        }

        return text.ToString();
    }
}

/// <summary>The results of some queries.</summary>
/// <param name="Name">The set or language.</param>
/// <param name="Queries">Number of queries.</param>
/// <param name="Ndcg">Mean nDCG with its interval.</param>
/// <param name="Mrr">Mean reciprocal rank of the first relevant candidate.</param>
/// <param name="Recall">Mean share of the relevant candidates down to the depth.</param>
/// <param name="Against">How far they are from the reference's; null without one.</param>
public sealed record QualityRow(string Name, int Queries, Interval Ndcg, double Mrr, double Recall, ReferenceRow? Against)
{
    internal static QualityRow Create(string name, IReadOnlyList<RankedQuery> ranked, IReadOnlyList<RankedQuery>? believed, int depth)
    {
        var ranks = ranked.Select(q => RankingMeasures.FindRanks(q.Logits, q.Relevant)).ToList();
        var ndcg = ranks.Select(r => RankingMeasures.ComputeNdcg(r, depth)).ToList();
        return new QualityRow(
            name, ranked.Count, Bootstrap.EstimateMean(ndcg), ranks.Average(RankingMeasures.ComputeReciprocalRank),
            ranks.Average(r => RankingMeasures.ComputeRecall(r, depth)), believed is null ? null : ReferenceRow.Create(ranked, believed, ndcg, depth));
    }

    internal void AppendTo(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"{Name,-16} {Queries,7}  {Ndcg.Mean:0.0000} ({Ndcg.Low:0.0000} to {Ndcg.High:0.0000})  {Mrr:0.0000} {Recall,9:0.0000}");
        if (Against is { } a)
        {
            var loss = string.Create(CultureInfo.InvariantCulture, $"{a.Loss.Mean,7:0.00 %} ({a.Loss.Low:0.00 %} to {a.Loss.High:0.00 %})");
            text.Append(CultureInfo.InvariantCulture, $"  {loss,-26} {a.Tau:0.0000} {a.Overlap,8:0.000} {a.MeanDifference,9:0.0000}");
        }

        text.AppendLine();
    }
}

/// <summary>How far rankings are from a reference's.</summary>
/// <param name="Ndcg">Mean nDCG of the reference.</param>
/// <param name="Loss">What is lost of it, as a share, with the paired interval.</param>
/// <param name="Tau">Mean of Kendall's tau.</param>
/// <param name="Overlap">Mean share of the reference's best that are among the best.</param>
/// <param name="MeanDifference">Mean distance of a logit to the reference's.</param>
/// <param name="MaxDifference">Largest distance.</param>
public sealed record ReferenceRow(double Ndcg, Interval Loss, double Tau, double Overlap, double MeanDifference, double MaxDifference)
{
    internal static ReferenceRow Create(IReadOnlyList<RankedQuery> ranked, IReadOnlyList<RankedQuery> believed, IReadOnlyList<double> ndcg, int depth)
    {
        var reference = believed.Select(q => q.ComputeNdcg(depth)).ToList();
        var both = ranked.Zip(believed, (a, b) => (A: a.Logits, B: b.Logits)).ToList();
        var differences = both.SelectMany(p => p.A.Zip(p.B, (a, b) => (double)MathF.Abs(a - b))).Select(d => double.IsNaN(d) ? double.PositiveInfinity : d).ToList();
        return new ReferenceRow(
            reference.Average(), Bootstrap.EstimateLoss(reference, ndcg), both.Average(p => RankingMeasures.ComputeTau(p.A, p.B)),
            both.Average(p => RankingMeasures.ComputeOverlap(p.B, p.A, depth)), differences.Average(), differences.Max());
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(QualityReport))]
internal sealed partial class QualityJson : JsonSerializerContext;
