using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Verification.Ranking;
using Reranker.Onnx.Verification.Source;
using Reranker.Tool.Arguments;
using Reranker.Tool.Catalog;
using Reranker.Tool.Input;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker verify</c>: are the files whole, are the scores right, how well does it rank?</summary>
internal static class VerifyCommand
{
    private const int WidthForTable = 45;
    private const int SourcePairs = 8;

    public static Command CreateCommand()
    {
        var engine = new EngineArguments();
        var goldens = new Option<FileInfo>("--goldens")
        {
            Description = "JSON with \"pairs\", each with \"ids\" and the reference \"logit\": report the differences.",
        };
        var tolerance = new Option<double>("--tolerance")
        {
            Description = "Largest difference to a golden logit that passes.",
            DefaultValueFactory = _ => 0.02,
        };
        tolerance.NotNegative();
        var eval = new Option<FileInfo>("--eval")
        {
            Description = "JSON lines with \"set\", \"query\", \"documents\", \"relevant\" (plain, .gz, .br or .xz): report nDCG@10 by set.",
        };
        var source = new Option<DirectoryInfo>("--source")
        {
            Description = "The checkpoint that the model was made from: its own forward pass, value by value, against the model's.",
            HelpName = "DIR",
        };
        goldens.AcceptExistingOnly();
        source.AcceptExistingOnly();
        eval.AcceptExistingOnly();

        var command = new Command("verify", "Check a model folder: files, probe scores, golden scores, ranking quality.") { goldens, tolerance, eval, source };
        engine.AddTo(command);
        command.RequireBeside(goldens, tolerance);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await engine.PrepareModelAsync(parsed, cancellationToken);
            var folder = engine.OpenModel(parsed);
            var tokenizer = TextTokenizers.Load(folder);
            using var loaded = EngineFactory.CreateDefault(NullLoggerFactory.Instance).Load(folder, engine.ReadOptions(parsed));
            folder = folder.WithPrecision(loaded.Description.Precision);
            WriteSentence($"{folder.Manifest.Name} {folder.Manifest.Precision}: {folder.Manifest.Files.Count} files whole, {folder.Manifest.Probes.Count} probes agree on {loaded.Description.ExecutionProvider}, tokenizer of {tokenizer.VocabularySize} ids loads");
            if (CpuFormCheck.CheckForms(folder, loaded.Description.ExecutionProvider == "CPU") is { Count: > 0 } others)
            {
                WriteSentence($"{folder.Manifest.Probes.Count} probes agree on {string.Join(" and ", others)} too, which processors of another kind run");
            }

            var passed = parsed.GetValue(goldens) is not { } file || CompareGoldens(folder.Manifest, loaded, file, parsed.GetValue(tolerance));
            passed &= await ComparePublishedAsync(folder.Manifest, tokenizer, loaded, cancellationToken);
            if (parsed.GetValue(source) is { } checkpoint)
            {
                passed &= CompareSource(checkpoint.FullName, folder, cancellationToken);
            }

            if (parsed.GetValue(eval) is { } queries)
            {
                await EvaluateRankingAsync(tokenizer, loaded, queries.FullName, parsed.InvocationConfiguration.Error, cancellationToken);
            }

            return passed ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static bool CompareSource(string checkpoint, ModelFolder model, CancellationToken cancellationToken)
    {
        var report = SourceComparison.CompareFolders(
            checkpoint, model.Path, [.. CalibrationPairs.BuiltIn.Pairs.Take(SourcePairs)],
            new SourceComparisonOptions { TestedPrecision = model.Manifest.Precision }, cancellationToken);
        var logits = report.Rows[^1];
        WriteSentence($"{report.Pairs} pairs through the checkpoint's own forward pass: logits differ by {logits.MeanError:0.000000} in the mean, {logits.MaxError:0.000000} at most");
        if (report.FirstBeyond is { } first)
        {
            WriteSentence($"the model is not what the checkpoint says: the first that is beyond {report.Limits} is {first}; 'reranker compare' shows all");
        }

        return report.FirstBeyond is null;
    }

    private static async Task<bool> ComparePublishedAsync(
        ModelManifest model, ITextTokenizer texts, IInferenceEngine engine, CancellationToken cancellationToken)
    {
        if (PublishedScores.FindModel(KnownModels.BuiltIn, model) is not { } known)
        {
            return true;
        }

        if (!PublishedScores.HasShape(known, model.Shape))
        {
            WriteSentence($"{model.Name} is not compared with the scores that were published of {known.Repository}: it has another shape");
            return true;
        }

        using var tokenizer = new PairTokenizer(texts, new TokenizerOptions(), TimeProvider.System);
        var published = await PublishedScores.CompareAsync(known, tokenizer, engine, cancellationToken);
        WriteSentence($"{published.Scores.Count} published scores of {known.Repository}: logits differ by {published.Scores.Average(s => s.Difference):0.000} in the mean, {published.Scores.Max(s => s.Difference):0.000} at most{(published.ComparesLogits ? "" : "; of a quantized precision the order alone must be as published")}");
        foreach (var failure in published.Failures)
        {
            WriteSentence($"not as published: {failure}");
        }

        return published.Failures.Count == 0;
    }

    private static bool CompareGoldens(ModelManifest model, IInferenceEngine engine, FileInfo file, double tolerance)
    {
        var pairs = GoldenPairs.ReadPairs(file.FullName, engine.Description.MaxPairTokens, model.Shape.Vocabulary);
        using var lane = engine.CreateLane();
        var differences = pairs.Select(pair =>
        {
            var logit = new float[1];
            lane.Run([pair.Ids.AsMemory()], logit);
            return Math.Abs((double)logit[0] - pair.Logit);
        }).ToArray();
        WriteSentence($"{pairs.Count} golden pairs: logits differ by {differences.Average():0.000000} in the mean, {differences.Max():0.000000} at most");

        // A logit that is no number is larger than no tolerance and smaller than none.
        return differences.All(d => d <= tolerance);
    }

    private static async Task EvaluateRankingAsync(ITextTokenizer texts, IInferenceEngine engine, string path, TextWriter told, CancellationToken cancellationToken)
    {
        var (queries, _) = await TextPairs.ReadQueriesAsync(path, cancellationToken);
        using var tokenizer = new PairTokenizer(texts, new TokenizerOptions(), TimeProvider.System);
        var evaluation = new RankingEvaluation(tokenizer, engine);
        var report = await Consoles.Error.Status().StartAsync("ranking", context => evaluation.RunAsync(
            queries.ToAsyncEnumerable(),
            new ImmediateProgress<int>(done => context.Status($"ranking: {done} queries")),
            cancellationToken));
        QueryScores.TellCut(engine.Description.ModelName, evaluation, queries, told);

        if (Consoles.Out.Profile.Width < WidthForTable)
        {
            foreach (var (name, set) in report.Sets)
            {
                WriteSentence($"{name}: {set.Queries} queries, nDCG@10 {set.Ndcg:0.0000}");
            }

            WriteSentence($"average: {report.Average:0.0000}");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn("set").AddColumn(new TableColumn("queries").RightAligned()).AddColumn(new TableColumn("nDCG@10").RightAligned());
        foreach (var (name, set) in report.Sets)
        {
            table.AddRow(Markup.Escape(name), set.Queries.ToString(CultureInfo.InvariantCulture), FormatFigure(set.Ndcg));
        }

        table.AddRow("average", report.Sets.Values.Sum(s => s.Queries).ToString(CultureInfo.InvariantCulture), FormatFigure(report.Average));
        Consoles.Out.Write(table);
    }

    private static string FormatFigure(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static void WriteSentence(FormattableString sentence) => Console.Out.WriteLine(FormattableString.Invariant(sentence));
}
