using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Reranker.Benchmarking.Comparison;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary>
/// <c>reranker compare A B</c>: two models, precisions or providers layer by layer. <c>reranker compare --reference</c>: the logits
/// of two engines on the same random pairs.
/// </summary>
internal static class CompareCommand
{
    private const int RandomPairs = 64;
    private const int LongestOfLogits = 512;

    public static Command CreateCommand()
    {
        var arguments = new EngineArguments();
        var first = new Argument<DirectoryInfo?>("a") { Description = "Model folder that is believed, or a checkpoint, whose forward pass then needs no conversion.", Arity = ArgumentArity.ZeroOrOne };
        var second = new Argument<DirectoryInfo?>("b") { Description = "The other model folder, or a checkpoint.", Arity = ArgumentArity.ZeroOrOne };
        var reference = new Option<DirectoryInfo?>("--reference") { Description = "Model folder whose engine is believed; --model is the other.", HelpName = "DIR" };
        var referenceEngine = CreateReferenceEngine();
        var gpu = new GpuArguments();
        var pairs = new Option<string?>("--pairs")
        {
            Description = "For layers a file of pairs, as for calibration, or how many of the 60 built-in ones, 12; for logits how many random ones, 64.",
            HelpName = "FILE|N",
        };
        var longest = new Option<int?>("--longest") { Description = "Most tokens of a pair. Default: 128 for layers, 512 for logits.", HelpName = "N" };
        longest.AtLeast(PairLayout.MinPairTokens);
        pairs.Validators.Add(RefuseNoPairs);
        var layers = new LayerComparison(arguments, pairs, longest);

        var command = new Command("compare", """
            Compare two models layer by layer, or the logits of two engines on the same pairs:

              reranker compare A B [Layers]                      where two models, precisions or providers part
              reranker compare A B --bisect --data FILE [Search] what of B to keep in FP16; A is the checkpoint of B
              reranker compare --reference DIR [Logits]          how far the logits of two engines are apart, among changing neighbours
            """)
        {
            first, second, pairs, longest, arguments.Precision,
        };
        var ofLayers = OptionGroup.AddTo(command, "Layers", layers.AddTo);
        var ofSearch = OptionGroup.AddTo(command, "Search", layers.AddSearchTo);
        var ofLogits = OptionGroup.AddTo(command, "Logits", c =>
        {
            c.Options.Add(reference);
            c.Options.Add(referenceEngine);
            c.Options.Add(arguments.Model);
            arguments.AddEngineTo(c);
            gpu.AddTo(c);
        });
        command.Validators.Add(result => RefuseOtherUse(result, isOfFolders: result.GetResult(first) is { Tokens.Count: > 0 }, layers, ofLayers, ofSearch, ofLogits));
        command.SetAction((parsed, cancellationToken) =>
        {
            switch (parsed.GetValue(first), parsed.GetValue(second), parsed.GetValue(reference))
            {
                case ({ } a, { } b, null):
                    return layers.RunAsync(a.FullName, b.FullName, parsed, cancellationToken);
                case (null, null, { } believed):
                    CompareLogits(
                        (ModelFolder.Open(believed.FullName), gpu.ReadOptions(parsed.GetValue(referenceEngine), parsed)),
                        (arguments.OpenOnePrecision(parsed), gpu.ReadOptions(parsed.GetValue(arguments.Engine), parsed) with { CpuThreads = parsed.GetValue(arguments.Threads) }),
                        ReadCount(parsed.GetValue(pairs)),
                        parsed.GetValue(longest) ?? LongestOfLogits);
                    return Task.FromResult(ExitCodes.Success);
                default:
                    throw new InputException("compare takes two folders, or --reference with --model");
            }
        });
        return command;
    }

    private static void RefuseOtherUse(CommandResult result, bool isOfFolders, LayerComparison layers, OptionGroup ofLayers, OptionGroup ofSearch, OptionGroup ofLogits)
    {
        if (!isOfFolders)
        {
            ofLayers.Refuse(result, "is for layers, of two folders");
            ofSearch.Refuse(result, "belongs to --bisect, of two folders");
            return;
        }

        ofLogits.Refuse(result, "is for logits, and two folders are compared layer by layer; leave one of the two out");
        layers.RefuseMorePairs(result);
        if (!layers.IsSearch(result))
        {
            ofSearch.Refuse(result, "belongs to --bisect");
            return;
        }

        layers.RefuseBesideSearch(result);
    }

    private static Option<EngineKind> CreateReferenceEngine()
    {
        var engine = new Option<EngineKind>("--reference-engine")
        {
            Description = "Engine of --reference.",
            DefaultValueFactory = _ => EngineKind.Cpu,
            HelpName = "auto|tensorrt|cuda|cpu",
        };
        engine.AcceptNames();
        return engine;
    }

    private static void CompareLogits((ModelFolder Folder, EngineOptions Options) believed, (ModelFolder Folder, EngineOptions Options) tested, int pairs, int longest)
    {
        using var loggers = ErrorLogs.Create();
        var factory = EngineFactory.CreateDefault(loggers);
        using var reference = factory.Load(believed.Folder, SkipCalibration(believed.Options));
        using var other = factory.Load(tested.Folder, SkipCalibration(tested.Options));
        Console.Out.WriteLine(EngineComparison.CompareEngines(reference, other, pairs, longest).ToJson());
    }

    private static int ReadCount(string? pairs)
        => pairs is null ? RandomPairs
            : int.TryParse(pairs, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count
            : throw new InputException("--pairs names a file, and the logits of engines are compared on random pairs; name two folders instead of --reference");

    private static void RefuseNoPairs(OptionResult result)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var count) && count < 1)
        {
            result.AddError("--pairs must be at least 1.");
        }
    }

    // Logits are asked for, not times.
    private static EngineOptions SkipCalibration(EngineOptions options) => options with { CalibrationTime = TimeSpan.Zero, AllowPlaceholderScales = true };
}
