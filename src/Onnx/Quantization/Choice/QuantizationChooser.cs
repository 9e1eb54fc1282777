using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Twins;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Quantization.Choice;

/// <summary>What a chooser may try, and on what.</summary>
public sealed record ChooserOptions
{
    /// <summary>What calibration runs.</summary>
    public CalibrationPairs Pairs { get; init; } = CalibrationPairs.BuiltIn;

    /// <summary>The labelled queries: half of each set chooses, the other half is reported.</summary>
    public required IReadOnlyList<RankingQuery> Queries { get; init; }

    /// <summary>Name of their file.</summary>
    public required string DataName { get; init; }

    /// <summary>Its hash.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>Loss of nDCG@10 that is allowed, as a share of FP32's.</summary>
    public double MaxLoss { get; init; } = 0.005;

    /// <summary>Seed of the halves.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The formats that may be chosen, the fastest first.</summary>
    public IReadOnlyList<QuantizedFormat> Formats { get; init; } = QuantizedFormat.All;

    /// <summary>The strength of smoothing that is tried beside none, for INT8.</summary>
    public float Smoothing { get; init; } = 0.5f;
}

/// <summary>What was chosen.</summary>
/// <param name="Format">The precision.</param>
/// <param name="Options">How to make it, with everything that was tried.</param>
public sealed record ChosenQuantization(QuantizedFormat Format, QuantizationOptions Options);

/// <summary>
/// Tries formats, methods and smoothing, and where none is within the allowed loss keeps the values in FP16 that cost the ranking
/// most. Of what is within it the fastest is chosen; among equals the one whose logits are nearest to FP32's, because a
/// difference of nDCG below the allowed loss is chance.
/// </summary>
public static class QuantizationChooser
{
    /// <summary>Chooses.</summary>
    /// <param name="source">The checkpoint folder.</param>
    /// <param name="scratch">An empty folder for weights, which are removed: 4 bytes a parameter and as much again a variant.</param>
    /// <param name="options">What may be tried.</param>
    /// <param name="progress">Told of each trial, or null.</param>
    /// <param name="cancellationToken">Ends the choosing.</param>
    /// <exception cref="NoWayWithinLimitException">Nothing that was tried is good enough; it holds what was.</exception>
    public static async Task<ChosenQuantization> ChooseAsync(
        string source, string scratch, ChooserOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var checkpoint = Checkpoint.Open(source, ModelFamilies.All);
        var candidates = ListCandidates(options).ToList();
        progress?.Report("calibration");
        using var twin = TwinModel.Create(checkpoint, scratch, options.Pairs, candidates.Select(c => c.Variant), null, cancellationToken);
        var queries = await ChoiceQueries.EncodeAsync(options.Queries, checkpoint.Tokenizer, checkpoint.Shape, cancellationToken);
        var trials = new CandidateTrials(queries, (tried, ids) => twin.ScorePairs(tried, ids, cancellationToken), progress);
        var (choosing, heldOut) = queries.Split(options.Seed);
        var chosen = Choose(twin, trials, queries, choosing, candidates, options, cancellationToken);
        var choice = new ManifestChoice
        {
            Data = options.DataName,
            DataSha256 = options.DataSha256,
            Queries = choosing.Count,
            HeldOutQueries = heldOut.Count,
            Seed = options.Seed,
            MaxLoss = options.MaxLoss,
            ReferenceNdcg = trials.MeasureReference(choosing),
            HeldOutReferenceNdcg = trials.MeasureReference(heldOut),
            Trials = [.. trials.Tried.Select(c => Describe(twin.Shape, c, trials.Measure(c, choosing), trials.Measure(c, heldOut), c == chosen))],
        };
        if (chosen is null)
        {
            throw new NoWayWithinLimitException(choice);
        }

        return new ChosenQuantization(chosen.Format, new QuantizationOptions
        {
            Pairs = options.Pairs,
            Rule = chosen.Rule,
            Smoothing = chosen.Smoothing,
            Keep = [.. chosen.Kept.Order(StringComparer.Ordinal)],
            Choice = choice,
        });
    }

    /// <summary>The best of the candidates, or of what keeping values makes of them; null where none is within the limit.</summary>
    internal static QuantizationCandidate? Choose(
        TwinModel twin, CandidateTrials trials, ChoiceQueries queries, IReadOnlyList<int> choosing, IReadOnlyList<QuantizationCandidate> candidates,
        ChooserOptions options, CancellationToken cancellationToken)
    {
        var within = new List<(QuantizationCandidate Candidate, double Cost, int Order)>();
        foreach (var (order, format) in options.Formats.Index())
        {
            // By chance a half of the queries may like a bad candidate, so the nearest logits decide among those within the limit.
            var measured = candidates.Where(c => c.Format == format).Select(c => (Candidate: c, trials.Measure(c, choosing).Against)).ToList();
            var good = measured.Where(m => m.Against!.Loss.Mean <= options.MaxLoss).ToList();
            var best = (good.Count > 0 ? good : measured).MinBy(m => m.Against!.MeanDifference).Candidate;
            if (good.Count == 0 && format == QuantizedFormat.Int8)
            {
                var found = KeptSearch.FindKept(
                    twin, best, queries.ListPairs(choosing), c => trials.MeasureLoss(c, choosing), options.MaxLoss, cancellationToken);
                best = best with { Kept = found.Kept.Select(k => k.Value).ToHashSet() };
            }

            if (trials.MeasureLoss(best, choosing) <= options.MaxLoss)
            {
                within.Add((best, TwinInputs.ComputeCost(twin.Shape, best), order));
            }
        }

        return within.Count > 0 ? trials.FindTried(within.OrderBy(w => w.Cost).ThenBy(w => w.Order).First().Candidate) : null;
    }

    private static IEnumerable<QuantizationCandidate> ListCandidates(ChooserOptions options)
        => from format in options.Formats
           from smoothing in format == QuantizedFormat.Int8 ? new float?[] { null, options.Smoothing } : [null]
           from method in Enum.GetValues<RangeMethod>()
           select new QuantizationCandidate(format, new RangeRule(method), smoothing);

    private static ManifestTrial Describe(ModelShape shape, QuantizationCandidate candidate, QualityRow row, QualityRow heldOut, bool isChosen) => new(
        candidate.Format.Name,
        candidate.Method,
        candidate.Smoothing,
        [.. candidate.Kept.Order(StringComparer.Ordinal)],
        TwinInputs.ComputeCost(shape, candidate),
        row.Ndcg.Mean,
        row.Against!.Loss.Mean,
        heldOut.Ndcg.Mean,
        heldOut.Against!.Loss.Mean,
        heldOut.Against.Loss.Low,
        heldOut.Against.Loss.High,
        heldOut.Against.MeanDifference,
        heldOut.Against.Overlap,
        isChosen);
}
