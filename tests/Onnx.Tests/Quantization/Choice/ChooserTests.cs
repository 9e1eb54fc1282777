using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization.Choice;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Twins;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Verification.Ranking;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Quantization.Choice;

/// <summary>Checkpoints with planted outliers. The relevant document of a query is the one that FP32 puts first.</summary>
public sealed class ChooserTests : IDisposable
{
    private const float Outlier = 200;
    private const int Channel = 7;

    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 4, heads: 4, headSize: 16, feedForward: 128, vocabulary: 500, positions: 66);

    private readonly TempFolder _temp = new();
    private readonly CancellationToken _none = CancellationToken.None;

    public ChooserTests() => TinyCheckpoints.Write(_temp["source"], Shape, seed: 9, storedType: "F32");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_twin_scores_as_the_model_that_is_imported()
    {
        using var twin = CreateTwin([new(QuantizedFormat.Int8, 0.5f), new(QuantizedFormat.Int8, null)]);
        var pairs = ListPairs(await EncodeAsync(20));
        foreach (var smoothing in new float?[] { null, 0.5f })
        {
            var kept = new HashSet<string> { "layer.1/feed_forward/gelu", "layer.0/attention/context" };
            var quantization = new QuantizationOptions { Rule = new RangeRule(RangeMethod.Mse), Smoothing = smoothing, Keep = [.. kept] };
            CheckpointImporter.Import(
                _temp["source"], _temp["model"],
                new ImportOptions { Precision = ModelPrecision.Int8Qdq, Overwrite = true, Quantization = quantization }, null, _none);
            using var model = GraphRunner.Load(ModelFolder.Open(_temp["model"]).FindGraphPath("padded")!, frugal: true);

            var wide = twin.ScorePairs(null, pairs, _none);
            var expected = pairs.Select(p => model.ScorePairs([p])[0]).ToArray();
            var actual = twin.ScorePairs(new QuantizationCandidate(QuantizedFormat.Int8, quantization.Rule, smoothing, kept), pairs, _none);

            // FP16 between the layers moves activations to the next level here and there, so the two differ pair by pair and not as a whole.
            Assert.InRange(Distance(actual, wide) / Distance(expected, wide), 0.6, 1.6);
            Assert.InRange(Distance(expected, actual), 0, 1.2 * Distance(expected, wide));
        }
    }

    [Fact]
    public async Task Formats_and_methods_differ_as_they_should()
    {
        using var twin = CreateTwin([new(QuantizedFormat.Int8, null), new(QuantizedFormat.Fp8, null)]);
        var pairs = ListPairs(await EncodeAsync(10));
        var wide = twin.ScorePairs(null, pairs, _none);
        double Error(QuantizationCandidate candidate) => Distance(wide, twin.ScorePairs(candidate, pairs, _none));
        var values = TwinInputs.List(Shape, QuantizedFormat.Int8).Select(i => i.Value).ToHashSet();

        var usual = Error(new(QuantizedFormat.Int8, new RangeRule(RangeMethod.Max)));
        Assert.InRange(Error(new(QuantizedFormat.Fp8, new RangeRule(RangeMethod.Max))), 1e-6, 10 * usual);
        Assert.InRange(Error(new(QuantizedFormat.Int8, null)), 1e-6, 1.3 * usual);
        Assert.Equal(0, Error(new(QuantizedFormat.Int8, new RangeRule(RangeMethod.Max), null, values)), 1e-6);
        Assert.Equal(0.5, TwinInputs.ComputeCost(Shape, new(QuantizedFormat.Fp8, null)), 1e-9);
        Assert.Equal(1, TwinInputs.ComputeCost(Shape, new(QuantizedFormat.Int8, null, null, values)), 1e-9);
    }

    [Fact]
    public async Task An_outlier_behind_a_normalization_is_found_and_smoothed_or_kept()
    {
        PlantBehindNorm(layer: 1);

        await AssertFoundAsync("layer.1/attention/norm", 0.1);
    }

    [Fact]
    public async Task An_outlier_of_GELU_is_found_and_kept()
    {
        PlantAtGelu(layer: 2);

        await AssertFoundAsync("layer.2/feed_forward/gelu", 0.03);
    }

    [Fact]
    public async Task Halves_are_of_every_set_and_the_same_for_a_seed()
    {
        var queries = await EncodeAsync(13);
        var (first, second) = queries.Split(4);

        Assert.Equal((6, 7), (first.Count, second.Count));
        Assert.Equal(queries.All, first.Concat(second).Order());
        Assert.Equal(first, queries.Split(4).First);
        Assert.NotEqual(first, queries.Split(5).First);
        Assert.Equal([3, 3], queries.Rank(first, new float[8 * first.Count]).GroupBy(q => q.Set).Select(g => g.Count()));
    }

    [Fact]
    public async Task Where_no_way_is_within_the_limit_what_was_tried_is_told()
    {
        // More than FP32 itself: nothing is as good.
        var options = new ChooserOptions
        {
            Pairs = CalibrationPairs.Parse("""{"query":"a word","passage":"some more words"}"""u8.ToArray(), "pairs", 1),
            Queries = await LabelAsync(4),
            DataName = "labels",
            DataSha256 = "00",
            MaxLoss = -0.01,
            Formats = [QuantizedFormat.Fp8],
        };

        var error = await Assert.ThrowsAsync<NoWayWithinLimitException>(
            () => QuantizationChooser.ChooseAsync(_temp["source"], _temp["scratch"], options, null, _none));

        Assert.Equal("nothing that was tried loses less than -1.00 % of nDCG@10; import the model as fp16", error.Message);
        Assert.Equal(Enum.GetValues<RangeMethod>().Length, error.Tried.Trials.Count);
        Assert.All(error.Tried.Trials, t => Assert.True(!t.IsChosen && t.Loss >= 0));
        Assert.Equal((2, 2, 1.0), (error.Tried.Queries, error.Tried.HeldOutQueries, error.Tried.ReferenceNdcg));
        Assert.Empty(Directory.GetFiles(_temp["scratch"]));
    }

    private async Task AssertFoundAsync(string planted, double maxLoss)
    {
        var queries = await LabelAsync(40);
        var naive = new QuantizationCandidate(QuantizedFormat.Int8, new RangeRule(RangeMethod.Max));
        using (var twin = CreateTwin([naive.Variant]))
        {
            var encoded = await ChoiceQueries.EncodeAsync(queries, twin.Tokenizer, Shape, _none);
            var trials = new CandidateTrials(encoded, (candidate, ids) => twin.ScorePairs(candidate, ids, _none));
            Assert.Equal(1, trials.MeasureReference(encoded.All));
            Assert.InRange(trials.MeasureLoss(naive, encoded.All), maxLoss, 1);
        }

        CheckpointImporter.Import(
            _temp["source"], _temp["naive"],
            new ImportOptions { Precision = ModelPrecision.Int8Qdq, Quantization = new QuantizationOptions { Rule = naive.Rule } }, null, _none);
        var found = await KeptBisection.FindAsync(
            _temp["source"], _temp["scratch"], ModelFolder.ReadManifest(_temp["naive"]), CalibrationPairs.BuiltIn, queries, maxLoss, null, _none);
        Assert.Equal(planted, found.Sensitivities[0].Value);
        Assert.Contains(found.Kept, k => k.Value == planted);
        Assert.True(found.Loss <= maxLoss && found.LossBefore > maxLoss);
        Assert.True(found.Kept.Count < found.Sensitivities.Count / 2);
        Assert.InRange(found.Cost, 0.5, 0.5 + found.Kept.Sum(k => k.Cost) + 0.1);

        var chosen = await QuantizationChooser.ChooseAsync(
            _temp["source"], _temp["scratch"],
            new ChooserOptions { Queries = queries, DataName = "labels", DataSha256 = "00", MaxLoss = maxLoss, Formats = [QuantizedFormat.Int8] }, null, _none);
        var trial = chosen.Options.Choice!.Trials.Single(t => t.IsChosen);
        Assert.True(trial.Loss <= maxLoss);
        Assert.True(chosen.Options.Choice.Trials.Count >= 8);
        Assert.Equal((20, 20), (chosen.Options.Choice.Queries, chosen.Options.Choice.HeldOutQueries));
        Assert.Empty(Directory.GetFiles(_temp["scratch"]));
    }

    private void PlantBehindNorm(int layer) => CheckpointEdit.Rewrite(Path.Combine(_temp["source"], "model.safetensors"), tensors =>
    {
        var module = $"roberta.encoder.layer.{layer}";
        tensors[$"{module}.attention.output.LayerNorm.weight"][Channel] *= Outlier;
        tensors[$"{module}.attention.output.LayerNorm.bias"][Channel] *= Outlier;
        Scale(tensors[$"{module}.intermediate.dense.weight"], Channel, Shape.Hidden, 1 / Outlier);
    });

    private void PlantAtGelu(int layer) => CheckpointEdit.Rewrite(Path.Combine(_temp["source"], "model.safetensors"), tensors =>
    {
        var module = $"roberta.encoder.layer.{layer}";
        var row = tensors[$"{module}.intermediate.dense.weight"].AsSpan(Channel * Shape.Hidden, Shape.Hidden);
        for (var i = 0; i < row.Length; i++)
        {
            row[i] *= 25 * Outlier;
        }

        Scale(tensors[$"{module}.output.dense.weight"], Channel, Shape.FeedForward, 1 / (25 * Outlier));

        // Random weights are small: as they are, the layer would hardly miss what the outlier drowns.
        for (var column = 0; column < Shape.FeedForward; column++)
        {
            Scale(tensors[$"{module}.output.dense.weight"], column, Shape.FeedForward, 300);
        }
    });

    // A column of a matrix [out, in].
    private static void Scale(float[] matrix, int column, int width, float factor)
    {
        for (var at = column; at < matrix.Length; at += width)
        {
            matrix[at] *= factor;
        }
    }

    private TwinModel CreateTwin(TwinVariant[] variants)
    {
        Directory.CreateDirectory(_temp["scratch"]);
        return TwinModel.Create(Checkpoint.Open(_temp["source"], ModelFamilies.All), _temp["scratch"], CalibrationPairs.BuiltIn, variants, null, _none);
    }

    private async Task<IReadOnlyList<RankingQuery>> LabelAsync(int count)
    {
        var queries = CreateQueries(count);
        using var twin = CreateTwin([]);
        var encoded = await ChoiceQueries.EncodeAsync(queries, twin.Tokenizer, Shape, _none);
        var ranked = encoded.Rank(encoded.All, twin.ScorePairs(null, ListPairs(encoded), _none));
        return [.. queries.Zip(ranked, (q, r) => q with { Relevant = [Array.IndexOf(r.Logits, r.Logits.Max())] })];
    }

    private Task<ChoiceQueries> EncodeAsync(int count)
        => ChoiceQueries.EncodeAsync(CreateQueries(count), XlmRobertaTokenizer.Load(Path.Combine(_temp["source"], "sentencepiece.bpe.model")), Shape, _none);

    private static IReadOnlyList<int[]> ListPairs(ChoiceQueries queries) => queries.ListPairs(queries.All);

    private static IReadOnlyList<RankingQuery> CreateQueries(int count)
    {
        var random = new Random(21);
        string Words(int most) => string.Join(' ', Enumerable.Range(0, random.Next(2, most)).Select(_ => new string([.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => (char)random.Next('a', 'z' + 1))])));
        return [.. Enumerable.Range(0, count).Select(i => new RankingQuery
        {
            Set = i % 2 == 0 ? "a" : "b",
            Query = Words(4),
            Documents = [.. Enumerable.Range(0, 8).Select(_ => Words(9))],
            Relevant = [0],
        })];
    }

    private static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => (double)MathF.Abs(x - y)).Average();
}
