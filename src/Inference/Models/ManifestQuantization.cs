using System.Text.Json.Serialization;

namespace Reranker.Inference.Models;

/// <summary>How the static activation scales of a model were found.</summary>
public sealed record ManifestQuantization
{
    /// <summary>What calibration ran: <c>built-in</c>, or the name of a file.</summary>
    public required string Text { get; init; }

    /// <summary>Hash of these texts.</summary>
    public required string TextSha256 { get; init; }

    /// <summary>Pairs that were run.</summary>
    public required int Pairs { get; init; }

    /// <summary>How ranges were found: <c>max</c>, <c>percentile 99.99</c>, <c>mse</c> or <c>entropy</c>.</summary>
    public required string Method { get; init; }

    /// <summary>How much of the unevenness of channels is in the weights; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Smoothing { get; init; }

    /// <summary>Values that are not quantized.</summary>
    public required IReadOnlyList<string> Kept { get; init; }

    /// <summary>What was tried before; null where a person chose.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestChoice? Choice { get; init; }

    /// <summary>In one line, for people who ask a server.</summary>
    public string Describe()
    {
        var kept = Kept.Count == 0 ? "" : $", {Kept.Count} values kept";
        var smoothing = Smoothing is { } strength ? FormattableString.Invariant($", smoothing {strength}") : "";
        var result = Choice?.Trials.FirstOrDefault(t => t.IsChosen) is { } trial
            ? FormattableString.Invariant($"; nDCG@10 {trial.HeldOutNdcg:0.0000}, {-trial.HeldOutLoss:+0.00 %;-0.00 %;0.00 %} against FP32 on queries that had no part in the choice")
            : "";
        return $"{Method}{smoothing}{kept}, on {Pairs} pairs ({Text}, {TextSha256[..12]}){result}";
    }
}

/// <summary>How a program chose among ways to quantize a model.</summary>
public sealed record ManifestChoice
{
    /// <summary>The labelled queries; <c>built-in</c> where there were none and rankings were compared with those of FP32.</summary>
    public required string Data { get; init; }

    /// <summary>Hash of that file.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>Queries that chose.</summary>
    public required int Queries { get; init; }

    /// <summary>Queries that had no part in the choice, of which the held-out figures are.</summary>
    public required int HeldOutQueries { get; init; }

    /// <summary>Seed of the halves.</summary>
    public required int Seed { get; init; }

    /// <summary>Largest loss of nDCG@10 that was allowed, as a share of FP32's.</summary>
    public required double MaxLoss { get; init; }

    /// <summary>nDCG@10 of FP32 on the queries that chose and on the others.</summary>
    public required double ReferenceNdcg { get; init; }

    /// <inheritdoc cref="ReferenceNdcg"/>
    public required double HeldOutReferenceNdcg { get; init; }

    /// <summary>Everything that was tried.</summary>
    public required IReadOnlyList<ManifestTrial> Trials { get; init; }
}

/// <summary>One way to quantize a model, and what became of its ranking.</summary>
/// <param name="Format">Precision.</param>
/// <param name="Method">How ranges were found.</param>
/// <param name="Smoothing">Smoothing, or null.</param>
/// <param name="Kept">Values that were not quantized.</param>
/// <param name="Cost">Time of the linear layers by operations, 1 in FP16.</param>
/// <param name="Ndcg">nDCG@10 on the queries that chose.</param>
/// <param name="Loss">Its loss against FP32, as a share.</param>
/// <param name="HeldOutNdcg">nDCG@10 on the other queries.</param>
/// <param name="HeldOutLoss">Its loss there.</param>
/// <param name="HeldOutLossLow">Lower end of the paired 95 % interval of that loss.</param>
/// <param name="HeldOutLossHigh">Upper end.</param>
/// <param name="MeanDifference">Mean distance of a logit to FP32's.</param>
/// <param name="Overlap">Mean share of FP32's best ten that are among the best ten.</param>
/// <param name="IsChosen">True for the one that the folder holds.</param>
public sealed record ManifestTrial(
    string Format,
    string Method,
    float? Smoothing,
    IReadOnlyList<string> Kept,
    double Cost,
    double Ndcg,
    double Loss,
    double HeldOutNdcg,
    double HeldOutLoss,
    double HeldOutLossLow,
    double HeldOutLossHigh,
    double MeanDifference,
    double Overlap,
    bool IsChosen);
