using System.CommandLine;
using Reranker.Onnx.Verification.Ranking;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker quality</c>: how well does a model rank, and how far from another one is it?</summary>
internal static class QualityCommand
{
    public static Command CreateCommand()
    {
        var arguments = new EngineArguments();
        var longTexts = new LongTextArguments();
        var ranking = new QualityLimitArguments();
        var reference = new Option<DirectoryInfo?>("--reference") { Description = "Model folder to compare with, such as the FP32 one.", HelpName = "DIR" };
        var referencePrecision = ReferenceArguments.CreatePrecisionOption("Precision of the reference where it holds several.");
        var data = new Option<FileInfo>("--data")
        {
            Description = "JSON lines with \"set\", \"query\", \"documents\", \"relevant\" and perhaps \"lang\"; plain, .gz, .br or .xz.",
            Required = true,
            HelpName = "FILE",
        };
        data.AcceptExistingOnly();
        var depth = new Option<int>("--depth") { Description = "Depth of nDCG, recall and overlap.", DefaultValueFactory = _ => 10 };
        depth.AtLeast(1);
        var json = new Option<bool>("--json") { Description = "Print JSON; the table goes to standard error." };
        var command = new Command("quality", "Measure how well a model ranks, by set and language; fail below limits, for pipelines.")
        {
            reference, referencePrecision, data, depth, json,
        };
        arguments.AddTo(command);
        longTexts.AddTo(command);
        ranking.AddTo(command);
        command.RequireBeside(reference, referencePrecision);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var limits = ranking.ReadLimits(parsed);
            var believed = parsed.GetValue(reference);
            if (limits.NeedsReference && believed is null)
            {
                throw new InputException("a limit on what is lost needs --reference");
            }

            var (queries, _) = await TextPairs.ReadQueriesAsync(parsed.GetRequiredValue(data).FullName, cancellationToken);
            var options = arguments.ReadOptions(parsed);
            var (model, ranked) = await QueryScores.ScoreAsync(arguments.OpenOnePrecision(parsed), options, queries, longTexts.ReadRule(parsed), parsed.InvocationConfiguration.Error, cancellationToken);
            var (name, expected) = believed is null ? default : await QueryScores.ScoreAsync(
                ReferenceArguments.OpenModel(believed.FullName, parsed.GetValue(referencePrecision)), options, queries, longTexts.ReadRule(parsed), parsed.InvocationConfiguration.Error, cancellationToken);
            var report = QualityReport.Create(model, ranked, name, expected, parsed.GetValue(depth));
            ReportOutput.WriteReport(report.ToTable(), report.ToJson, parsed.GetValue(json));
            var failures = limits.FindFailures(report);
            foreach (var failure in failures)
            {
                await Console.Error.WriteLineAsync($"reranker: {failure}");
            }

            return failures.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
