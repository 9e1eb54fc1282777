using System.CommandLine;
using Reranker.Benchmarking.Comparison;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Models;
using Reranker.Tool.Arguments;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker engine build|check</c>: TensorRT engines ahead of the first start.</summary>
internal static class EngineCommand
{
    private const int ComparedPairs = 8;
    private const int ComparedTokens = 48;

    public static Command CreateCommand() => new("engine", "Build TensorRT engines ahead of the first start.") { CreateBuildCommand(), CreateCheckCommand() };

    private static Command CreateBuildCommand()
    {
        var precision = CreatePrecision();
        var command = CreateModelCommand(
            "build",
            "Build the engine of a model for this machine's GPU, if it is not there yet. Takes minutes. Prints JSON.",
            (parsed, model, options) =>
            {
                model = ChoosePrecision(model, parsed.GetValue(precision));
                using var loggers = ErrorLogs.Create();
                using var progress = ElapsedTime.StartReporting("building or loading the engine", Console.Error, TimeProvider.System);
                Console.Out.WriteLine(new EngineBuilder(TimeProvider.System, loggers).Build(model, options).ToJson());
                return ExitCodes.Success;
            });
        command.Options.Add(precision);
        return command;
    }

    private static Option<string?> CreatePrecision()
    {
        var precision = new Option<string?>("--precision")
        {
            Description = "Precision that the model must have; it is in the model's graph and chosen when the model is imported. Default: the model's.",
        };
        precision.AcceptOnlyFromAmong(ModelPrecision.Fp32.Name, ModelPrecision.Fp16.Name, ModelPrecision.Int8Qdq.Name, ModelPrecision.Int8.Name);
        return precision;
    }

    private static Command CreateCheckCommand()
    {
        var precision = CreatePrecision();
        var noScores = new Option<bool>("--no-scores")
        {
            Description = "Load the engine and run the model's probes, without comparing scores with the CPU, which takes gigabytes for a large model.",
        };
        var command = CreateModelCommand(
            "check",
            "Load the engine of a model and compare its scores with the CPU's; builds nothing. Prints JSON.",
            (parsed, model, options) =>
            {
                using var loggers = ErrorLogs.Create();
                model = ChoosePrecision(model, parsed.GetValue(precision));
                Action<IInferenceEngine>? compare = parsed.GetValue(noScores) ? null : engine => CompareWithCpu(engine, model);
                Console.Out.WriteLine(new EngineBuilder(TimeProvider.System, loggers).CheckBuilt(model, options, compare).ToJson());
                return ExitCodes.Success;
            });
        command.Options.Add(noScores);
        command.Options.Add(precision);
        return command;
    }

    private static Command CreateModelCommand(string name, string description, Func<ParseResult, ModelFolder, EngineOptions, int> run)
    {
        var arguments = new EngineArguments();
        var gpu = new GpuArguments();
        gpu.EngineCache.Aliases.Add("--out");
        var command = new Command(name, description) { arguments.Model };
        gpu.AddTo(command);
        command.SetAction(parsed => run(
            parsed, ModelFolder.Open(arguments.FindModelPath(parsed)), gpu.ReadOptions(EngineKind.TensorRt, parsed)));
        return command;
    }

    private static ModelFolder ChoosePrecision(ModelFolder model, string? asked)
    {
        var needed = asked == ModelPrecision.Int8.Name ? ModelPrecision.Int8Qdq.Name : asked;
        var held = model.ListPrecisions();
        return needed is null
            ? RequireOne(model)
            : held.FirstOrDefault(m => m.Manifest.Precision == needed) ?? throw new ModelFolderException(
                model.Path,
                $"holds {string.Join(", ", held.Select(m => m.Manifest.Precision))}; --precision {asked} needs a model that was imported with 'reranker import --precision {needed}'");
    }

    private static ModelFolder RequireOne(ModelFolder model) => model.ListPrecisions() is [var one]
        ? one
        : throw new ModelFolderException(model.Path, "holds several precisions; say which one with --precision");

    private static void CompareWithCpu(IInferenceEngine engine, ModelFolder model)
    {
        var options = new EngineOptions { Engine = EngineKind.Cpu, CalibrationTime = TimeSpan.Zero, AllowPlaceholderScales = true };
        using var loggers = ErrorLogs.Create();
        using var cpu = EngineFactory.CreateDefault(loggers).Load(model, options);
        var report = EngineComparison.CompareEngines(cpu, engine, ComparedPairs, ComparedTokens);
        Console.Error.WriteLine(FormattableString.Invariant(
            $"{report.Pairs} pairs: scores differ from the CPU's by at most {report.MaxDifference:F4}, and by {report.MaxNeighbourDifference:F4} among other neighbours"));
        var tolerance = ModelPrecision.Parse(model.Manifest.Precision).LogitTolerance;
        if (!(Math.Max(report.MaxDifference, report.MaxNeighbourDifference) <= tolerance))
        {
            throw new ModelFolderException(
                model.Path, FormattableString.Invariant($"its engine's scores differ from the CPU's by {report.MaxDifference:F4}; {tolerance} is allowed"));
        }
    }
}
