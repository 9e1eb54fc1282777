using System.Globalization;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Tool.Catalog;

/// <summary>
/// A model's scores beside those that were published of it. Of FP32 and FP16 each logit is compared; a quantized precision moves
/// logits by what nobody has published, so of it the order is, as of scores whose precision nobody tells.
/// </summary>
internal sealed class PublishedScores
{
    // Two FP16 runs of the model's makers themselves differ by 0.004; others round other sums.
    private const double LogitTolerance = 0.1;

    // Published logits that are nearer to each other than this may change places.
    private const double OrderMargin = 1;

    private PublishedScores(KnownModel model, IReadOnlyList<ComparedScore> scores, bool comparesLogits)
    {
        (Model, Scores, ComparesLogits) = (model, scores, comparesLogits);
        Failures = [.. FindMoved(), .. FindSwapped()];
    }

    /// <summary>The model that they were published of.</summary>
    public KnownModel Model { get; }

    /// <summary>The scores.</summary>
    public IReadOnlyList<ComparedScore> Scores { get; }

    /// <summary>True when logits are compared, and not the order alone.</summary>
    public bool ComparesLogits { get; }

    /// <summary>What is not as published, a sentence each.</summary>
    public IReadOnlyList<string> Failures { get; }

    /// <summary>The known model of that name whose scores were published; null when there is none.</summary>
    public static KnownModel? FindModel(KnownModels known, ModelManifest manifest)
        => known.Find(manifest.Name) is { Goldens.Count: > 0, Shape: not null } found ? found : null;

    /// <summary>True when a model has the shape of the one that it is named after.</summary>
    public static bool HasShape(KnownModel model, ModelShape shape)
        => model.Shape == new KnownShape(shape.Layers, shape.Hidden, shape.Vocabulary);

    /// <summary>Scores the published pairs.</summary>
    public static async Task<PublishedScores> CompareAsync(
        KnownModel model, IPairTokenizer tokenizer, IInferenceEngine engine, CancellationToken cancellationToken)
    {
        using var lane = engine.CreateLane();
        var scores = new List<ComparedScore>();
        foreach (var golden in model.Goldens)
        {
            var request = await tokenizer.TokenizeAsync(golden.Query, [golden.Passage], new TruncationRule(engine.Description.MaxPairTokens), cancellationToken);
            var ids = new int[request.CountPairTokens(0)];
            request.CopyPair(0, ids);
            var logit = new float[1];
            lane.Run([ids.AsMemory()], logit);
            scores.Add(new ComparedScore(golden, logit[0]));
        }

        return CreateReport(model, scores, !ModelPrecision.Parse(engine.Description.Precision).IsQuantized);
    }

    /// <summary>Compares scores that are known.</summary>
    internal static PublishedScores CreateReport(KnownModel model, IReadOnlyList<ComparedScore> scores, bool comparesLogits) => new(model, scores, comparesLogits);

    // A logit that is no number is within no tolerance.
    private IEnumerable<string> FindMoved() => Scores
        .Where(s => ComparesLogits && !s.Golden.IsLoose && !(s.Difference <= LogitTolerance))
        .Select(s => string.Create(
            CultureInfo.InvariantCulture,
            $"'{Shorten(s.Golden.Query)}' with '{Shorten(s.Golden.Passage)}' has the logit {s.Logit:0.000}, and {s.Golden.Logit:0.000} by {s.Golden.From}"));

    private IEnumerable<string> FindSwapped() =>
        from one in Scores
        from other in Scores
        where one.Golden.Query == other.Golden.Query && one.Golden.Logit > other.Golden.Logit + OrderMargin && !(one.Logit > other.Logit)
        select $"'{Shorten(other.Golden.Passage)}' ranks before '{Shorten(one.Golden.Passage)}' for '{Shorten(one.Golden.Query)}', and behind it by {one.Golden.From}";

    private static string Shorten(string text) => text.Length <= 40 ? text : $"{text[..40]}…";
}

/// <summary>A published score beside the model's own.</summary>
/// <param name="Golden">What was published.</param>
/// <param name="Logit">What the model gives here.</param>
internal sealed record ComparedScore(GoldenScore Golden, float Logit)
{
    /// <summary>How far apart they are.</summary>
    public double Difference => Math.Abs(Logit - Golden.Logit);
}
