using System.CommandLine;
using Reranker.Client;
using Reranker.Client.Scores;
using Reranker.Inference.Models;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Models;
using Reranker.Tool.Output;
using Reranker.Tool.ScoreMaps;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker calibrate</c>: which probability does a logit of this model stand for?</summary>
internal static class CalibrateCommand
{
    private const string FileName = "score-map";

    public static Command CreateCommand()
    {
        var (arguments, longTexts) = (new EngineArguments(), new LongTextArguments());
        var model = new Argument<string>("model") { Description = "Model folder, or a model of the hub that is on this machine.", HelpName = "DIR" };
        var data = new Option<FileInfo>("--data")
        {
            Description = "JSON lines with \"set\", \"query\", \"documents\", \"relevant\", as quality reads; every document counts as judged, and \"relevant\" may be []. Plain, .gz, .br or .xz.",
            Required = true,
            HelpName = "FILE",
        };
        data.AcceptExistingOnly();
        var folds = new Option<int>("--folds") { Description = "Parts of the queries; each is held out once.", DefaultValueFactory = _ => 5 };
        folds.Within(2, 100);
        var output = new Option<FileInfo?>("--out")
        {
            Description = $"File for the map, with a page of the same name beside it. Default: {FileName}.json in the model's folder.",
            HelpName = "FILE",
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a map that is there already." };
        var json = new Option<bool>("--json") { Description = "Print JSON; the table goes to standard error." };
        var command = new Command("calibrate", "Fit a map from a model's logits to probabilities of relevance, and show how well it holds on queries it has not seen.")
        {
            model, data, folds, output, overwrite, json, arguments.Precision,
        };
        longTexts.AddTo(command);
        arguments.AddEngineTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = new ModelFinder(parsed.GetRequiredValue(model), parsed.GetValue(arguments.Precision), parsed.GetValue(arguments.Engine)).FindFolder();
            var whole = ModelFolder.Open(path);
            var folder = ChoosePrecision(whole, parsed.GetValue(arguments.Precision));
            var file = parsed.GetValue(output)?.FullName ?? Path.Combine(path, whole.Manifest.Precisions is null ? $"{FileName}.json" : $"{FileName}.{folder.Manifest.Precision}.json");
            var page = Path.ChangeExtension(file, ".html");
            RefuseFile(file, page, parsed.GetValue(overwrite));

            var (queries, hash) = await TextPairs.ReadQueriesAsync(parsed.GetRequiredValue(data).FullName, cancellationToken, mayHaveNone: true);
            ScoreMapReport.RequireBothKinds(queries.Sum(static q => q.Relevant.Count), queries.Sum(static q => q.Documents.Count));
            var foldOf = QueryFolds.DealQueries([.. queries.Select(static q => q.Query)], parsed.GetValue(folds));
            var (name, ranked) = await QueryScores.ScoreAsync(folder, arguments.ReadOptions(parsed), queries, longTexts.ReadRule(parsed), parsed.InvocationConfiguration.Error, cancellationToken);
            var rule = longTexts.DescribeRule(parsed);
            var report = ScoreMapReport.Create(LabelledLogit.ListPairs(ranked, foldOf), parsed.GetValue(folds));
            WriteFile(page, ReliabilityPage.Write(name, report));
            WriteFile(file, ScoreMapFile.WriteMap(CreateMap(folder.Manifest, report, hash, queries.Count, parsed.GetValue(folds)) with { LongTexts = rule }) + "\n");
            ReportOutput.WriteReport($"{name}, {queries.Count} queries in {parsed.GetValue(folds)} parts, {DescribeLongTexts(rule)}\n{report.ToTable()}{file}\n{page}\n", report.ToJson, parsed.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static string DescribeLongTexts(ScoreMapLongTexts rule)
        => (rule.MaxChunks == 1 ? "long documents cut" : $"long documents in up to {rule.MaxChunks} chunks that share {rule.ChunkOverlap} tokens{(rule.ChunkAtSentences ? " and end at sentences" : "")}")
            + (rule.MaxPairTokens is { } most ? $", pairs of {most} tokens at most" : "");

    private static ModelFolder ChoosePrecision(ModelFolder folder, ModelPrecision? precision)
        => precision is not null ? folder.WithPrecision(precision.Name)
            : folder.ListPrecisions() is [var one] ? one
            : throw new ModelFolderException(folder.Path, "holds several precisions; say which one with --precision");

    // Before anything is scored, which takes minutes.
    private static void RefuseFile(string file, string page, bool overwrite)
    {
        if (Path.GetDirectoryName(file) is { } folder && !Directory.Exists(folder))
        {
            throw new InputException($"{folder}: there is no such folder");
        }

        if (page == file)
        {
            throw new InputException($"{file}: the page beside the map would take its place; give the map another ending than .html");
        }

        if (!overwrite && (File.Exists(file) ? file : File.Exists(page) ? page : null) is { } there)
        {
            throw new InputException($"{there} is there already; --overwrite replaces it");
        }

        WithPendingFile(file, static pending => File.WriteAllText(pending, ""));
    }

    private static ScoreMap CreateMap(ModelManifest model, ScoreMapReport report, string hash, int queries, int folds) => new()
    {
        Format = ScoreMap.CurrentFormat,
        Model = model.Name,
        Identity = model.Identity,
        Curve = report.Curve,
        Evidence = new ScoreMapEvidence(hash, queries, report.All.Pairs, report.All.Relevant, folds, report.All.Sigmoid, report.All.HeldOut),
    };

    // Beside it and renamed: a server that starts meanwhile reads a whole one.
    private static void WriteFile(string path, string text) => WithPendingFile(path, pending =>
    {
        File.WriteAllText(pending, text);
        File.Move(pending, path, overwrite: true);
    });

    private static void WithPendingFile(string path, Action<string> write)
    {
        var pending = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            write(pending);
            File.Delete(pending);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(pending);
            throw new InputException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
