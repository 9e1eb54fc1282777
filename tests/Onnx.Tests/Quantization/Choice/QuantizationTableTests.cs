using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Choice;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Twins;
using Reranker.Onnx.Verification.Ranking;
using Reranker.TestKit;

namespace Reranker.Onnx.Tests.Quantization.Choice;

/// <summary>
/// Writes the table of docs/quantization.md. It takes a checkpoint (TABLE_CHECKPOINT), labelled queries (TABLE_DATA) and minutes, so it
/// runs when it is asked to; logits are kept in a folder (TABLE_OUT), so that it can go on where it was ended.
/// </summary>
public sealed class QuantizationTableTests
{
    [Fact(Explicit = true)]
    public async Task Write_the_table_of_all_ways()
    {
        var source = Environment.GetEnvironmentVariable("TABLE_CHECKPOINT")!;
        var data = Environment.GetEnvironmentVariable("TABLE_DATA")!;
        var queries = RankingQuery.Parse(await File.ReadAllTextAsync(data, TestContext.Current.CancellationToken), data, mayHaveNone: false).ToList();
        var folder = Environment.GetEnvironmentVariable("TABLE_OUT")!;
        using var temp = new TempFolder();
        Directory.CreateDirectory(temp["scratch"]);
        using var checkpoint = Checkpoint.Open(source, ModelFamilies.All);
        QuantizationCandidate[] candidates =
        [
            .. Enum.GetValues<RangeMethod>().Select(m => new QuantizationCandidate(QuantizedFormat.Fp8, new RangeRule(m))),
            .. Enum.GetValues<RangeMethod>().Select(m => new QuantizationCandidate(QuantizedFormat.Int8, new RangeRule(m))),
            .. Enum.GetValues<RangeMethod>().Select(m => new QuantizationCandidate(QuantizedFormat.Int8, new RangeRule(m), 0.5f)),
            new(QuantizedFormat.Int8, null),
        ];
        using var twin = TwinModel.Create(checkpoint, temp["scratch"], CalibrationPairs.BuiltIn, candidates.Select(c => c.Variant), null, CancellationToken.None);
        var encoded = await ChoiceQueries.EncodeAsync(queries, twin.Tokenizer, twin.Shape, CancellationToken.None);
        var trials = new CandidateTrials(encoded, (candidate, ids) => ScoreOnce(twin, candidate, ids, folder));
        var output = Path.Combine(folder, "table.md");
        File.WriteAllText(output, string.Create(CultureInfo.InvariantCulture, $"fp32 {trials.MeasureReference(encoded.All):0.0000} {encoded.Count} queries\n"));
        foreach (var candidate in candidates)
        {
            var row = trials.Measure(candidate, encoded.All);
            var against = row.Against!;
            File.AppendAllText(output, string.Create(
                CultureInfo.InvariantCulture,
                $"| {candidate.Format} {candidate.Method}{(candidate.Smoothing is { } s ? $", smoothing {s}" : "")} | {row.Ndcg.Mean:0.0000} ({row.Ndcg.Low:0.000} to {row.Ndcg.High:0.000}) | {against.Loss.Mean:0.00 %} ({against.Loss.Low:0.00 %} to {against.Loss.High:0.00 %}) | {against.MeanDifference:0.000} | {against.Overlap:0.000} | {DescribeWorstSet(trials, candidate, encoded, queries)} |\n"));
        }

        var text = new StringBuilder();
        foreach (var format in QuantizedFormat.All)
        {
            var ways = candidates.Where(c => c.Format == format && c.Rule is not null).ToList();
            for (var seed = 1; seed <= 5; seed++)
            {
                var (choosing, heldOut) = encoded.Split(seed);
                var options = new ChooserOptions { Queries = queries, DataName = "", DataSha256 = "", Formats = [format] };
                var chosen = QuantizationChooser.Choose(twin, trials, encoded, choosing, ways, options, CancellationToken.None)!;
                var loss = trials.Measure(chosen, heldOut).Against!;
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {format} | {seed} | {chosen.Method}{(chosen.Smoothing is { } s ? $", smoothing {s}" : "")}, kept [{string.Join(' ', chosen.Kept)}] | {trials.MeasureLoss(chosen, choosing):0.00 %} | {loss.Loss.Mean:0.00 %} ({loss.Loss.Low:0.00 %} to {loss.Loss.High:0.00 %}) |");
                File.AppendAllText(output, text.ToString());
                text.Clear();
            }
        }
    }

    private static float[] ScoreOnce(TwinModel twin, QuantizationCandidate? candidate, IReadOnlyList<int[]> pairs, string folder)
    {
        var name = candidate is null ? "fp32" : string.Create(CultureInfo.InvariantCulture, $"{candidate.Format} {candidate.Method} {candidate.Smoothing} {string.Join('+', candidate.Kept)}").Replace('/', '_');
        var path = Path.Combine(folder, $"{name} {pairs.Count}.logits");
        if (!File.Exists(path))
        {
            var logits = twin.ScorePairs(candidate, pairs, CancellationToken.None);
            File.WriteAllBytes($"{path}.part", MemoryMarshal.AsBytes(logits.AsSpan()).ToArray());
            File.Move($"{path}.part", path);
        }

        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
    }

    // The set with the highest lower end of its interval: what a limit on sets looks at.
    private static string DescribeWorstSet(CandidateTrials trials, QuantizationCandidate candidate, ChoiceQueries encoded, List<RankingQuery> queries)
    {
        var worst = encoded.All.GroupBy(i => queries[i].Set).Select(g => (Set: g.Key, trials.Measure(candidate, [.. g]).Against!.Loss)).MaxBy(s => s.Loss.Low);
        return string.Create(CultureInfo.InvariantCulture, $"{worst.Set} {worst.Loss.Low:0.00 %} to {worst.Loss.High:0.00 %}");
    }
}
