namespace Reranker.Onnx.Verification.Ranking;

/// <summary>What a model must hold for a pipeline to go on; null is no limit.</summary>
public sealed record QualityLimits
{
    /// <summary>Smallest nDCG over all queries.</summary>
    public double? MinNdcg { get; init; }

    /// <summary>Largest loss of nDCG over all queries against the reference, as a share.</summary>
    public double? MaxLoss { get; init; }

    /// <summary>Largest loss of a set that is believed: its whole paired interval may not lie beyond.</summary>
    public double? MaxSetLoss { get; init; }

    /// <summary>Smallest mean overlap with the reference's best.</summary>
    public double? MinOverlap { get; init; }

    /// <summary>Smallest mean of Kendall's tau.</summary>
    public double? MinTau { get; init; }

    /// <summary>True where a limit asks for a reference.</summary>
    public bool NeedsReference => MaxLoss is not null || MaxSetLoss is not null || MinOverlap is not null || MinTau is not null;

    /// <summary>What a report does not hold, as sentences. A figure that is no number holds nothing.</summary>
    public IReadOnlyList<string> FindFailures(QualityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var failures = new List<string>();
        void Require(bool holds, FormattableString failure)
        {
            if (!holds)
            {
                failures.Add(FormattableString.Invariant(failure));
            }
        }

        Require(MinNdcg is not { } ndcg || report.All.Ndcg.Mean >= ndcg, $"nDCG is {report.All.Ndcg.Mean:0.0000}; at least {MinNdcg:0.0000} is asked for");
        if (report.All.Against is { } against)
        {
            Require(MaxLoss is not { } loss || against.Loss.Mean <= loss, $"nDCG is {against.Loss.Mean:0.00 %} below the reference; {MaxLoss:0.00 %} is allowed");
            Require(MinOverlap is not { } overlap || against.Overlap >= overlap, $"the overlap is {against.Overlap:0.0000}; at least {MinOverlap:0.0000} is asked for");
            Require(MinTau is not { } tau || against.Tau >= tau, $"tau is {against.Tau:0.0000}; at least {MinTau:0.0000} is asked for");
            foreach (var set in report.Sets)
            {
                Require(
                    MaxSetLoss is not { } most || set.Against!.Loss.Low <= most,
                    $"{set.Name}: nDCG is {set.Against!.Loss.Low:0.00 %} to {set.Against.Loss.High:0.00 %} below the reference; {MaxSetLoss:0.00 %} is allowed");
            }
        }

        return failures;
    }
}
