using System.CommandLine;
using Reranker.Benchmarking.Engine;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker bench gpu</c>: an engine alone, on dense and ragged batches; it should have the GPU to itself.</summary>
internal static class BenchGpuCommand
{
    public static Command CreateCommand()
    {
        var engineArguments = new EngineArguments();
        var engine = new Option<EngineKind>("--engine")
        {
            Description = "The engine to measure.",
            DefaultValueFactory = _ => EngineKind.Auto,
            HelpName = "auto|tensorrt|cuda|cpu",
        };
        engine.AcceptNames();
        var gpu = new GpuArguments();
        var repetitions = new Option<int>("--repetitions") { Description = "Runs of each shape; the median counts.", DefaultValueFactory = _ => 20 };
        repetitions.AtLeast(1);
        var ragged = new Option<int[]>("--ragged")
        {
            Description = "Further ragged batches, of so many pairs each.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        ragged.AtLeast(1);
        var saveCosts = new Option<FileInfo?>("--save-costs") { Description = "Also write what batches cost on this card to a file, for 'reranker plan --costs FILE'.", HelpName = "FILE" };
        var startOnly = new Option<bool>("--start-only") { Description = "Only load the engine, and tell what its start was spent on." };
        var json = new Option<bool>("--json") { Description = "Print JSON, and the table to standard error." };

        var command = new Command("gpu", "Times, useful TFLOP/s and memory of an engine on dense and ragged batches.") { engineArguments.Model, engineArguments.Precision, engine, repetitions, ragged, startOnly, saveCosts, json };
        gpu.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(saveCosts) is { Directory: { Exists: false } missing })
            {
                throw new InputException($"--save-costs: there is no folder {missing.FullName}");
            }

            using var loggers = ErrorLogs.Create();
            var report = GpuBenchmark.MeasureModel(
                EngineFactory.CreateDefault(loggers),
                engineArguments.OpenOnePrecision(parsed),
                gpu.ReadOptions(parsed.GetValue(engine), parsed) with { AllowPlaceholderScales = true },
                new EngineBenchmarkOptions { Repetitions = parsed.GetValue(repetitions), Ragged = parsed.GetRequiredValue(ragged), StartOnly = parsed.GetValue(startOnly) },
                TimeProvider.System);
            if (parsed.GetValue(saveCosts) is { } file)
            {
                (report.Costs ?? throw new InputException("--save-costs: this engine measures no costs")).Save(file.FullName);
            }

            ReportOutput.WriteReport(EngineBenchmarkTable.FormatReport(report), report.ToJson, parsed.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }
}
