using System.CommandLine;
using Reranker.Benchmarking.Comparison;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Tool.Arguments;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker compare</c>: the logits of two engines, or of two precisions, on the same random pairs.</summary>
internal static class CompareCommand
{
    public static Command CreateCommand()
    {
        var arguments = new EngineArguments();
        var reference = new Option<DirectoryInfo>("--reference") { Description = "Model folder that is believed.", Required = true, HelpName = "DIR" };
        var referenceEngine = new Option<EngineKind>("--reference-engine")
        {
            Description = "Its engine.",
            DefaultValueFactory = _ => EngineKind.Cpu,
            HelpName = "auto|tensorrt|cuda|cpu",
        };
        var gpu = new GpuArguments();
        var pairs = new Option<int>("--pairs") { Description = "Random pairs.", DefaultValueFactory = _ => 64 };
        var longest = new Option<int>("--longest") { Description = "Most tokens of a pair.", DefaultValueFactory = _ => 512 };
        referenceEngine.AcceptNames();
        pairs.AtLeast(1);
        longest.AtLeast(1);

        var command = new Command("compare", "Compare the logits of two engines on the same pairs, among changing neighbours. Prints JSON.")
        {
            reference, referenceEngine, pairs, longest,
        };
        arguments.AddTo(command);
        gpu.AddTo(command);
        command.SetAction(parsed =>
        {
            using var loggers = ErrorLogs.Create();
            var factory = EngineFactory.CreateDefault(loggers);
            using var believed = factory.Load(
                ModelFolder.Open(parsed.GetRequiredValue(reference).FullName), SkipCalibration(gpu.ReadOptions(parsed.GetValue(referenceEngine), parsed)));
            using var tested = factory.Load(
                arguments.OpenOnePrecision(parsed), SkipCalibration(gpu.ReadOptions(parsed.GetValue(arguments.Engine), parsed)));
            Console.Out.WriteLine(EngineComparison.CompareEngines(believed, tested, parsed.GetValue(pairs), parsed.GetValue(longest)).ToJson());
            return ExitCodes.Success;
        });
        return command;
    }

    // Logits are asked for, not times.
    private static EngineOptions SkipCalibration(EngineOptions options) => options with { CalibrationTime = TimeSpan.Zero, AllowPlaceholderScales = true };
}
