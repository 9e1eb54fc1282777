using System.CommandLine;
using System.Globalization;
using Reranker.Inference.Models;
using Reranker.Onnx;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization.Choice;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Verification.Source;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker quantize</c>: a checkpoint becomes a model with calibrated scales.</summary>
internal static class QuantizeCommand
{
    private static readonly double DefaultMaxLoss = 0.005;

    public static Command CreateCommand()
    {
        var source = new Argument<DirectoryInfo>("path") { Description = "Checkpoint folder, as for 'reranker import'." };
        source.AcceptExistingOnly();
        var output = new Option<DirectoryInfo>("--out", "-o") { Description = "Model folder to make.", Required = true, HelpName = "DIR" };
        var format = new Option<string?>("--format")
        {
            Description = "int8-qdq for TensorRT, fp8 for the CUDA engine. Default: int8-qdq; with --auto whichever is faster within the limit.",
            HelpName = string.Join('|', QuantizedFormat.All),
        };
        format.AcceptOnlyFromAmong([.. QuantizedFormat.All.Select(f => f.Name)]);
        var name = new Option<string?>("--name") { Description = "Name that requests use. Default: the checkpoint folder's name." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a model that is already there." };
        var calibration = new CalibrationArguments();
        var rules = new QuantizationRuleArguments();
        var choice = new ChoiceArguments();

        var command = new Command("quantize", "Make a quantized model of a checkpoint: calibrate it, or choose among all ways by labelled queries.")
        {
            source, output, format, name, overwrite,
        };
        calibration.AddTo(command);
        rules.AddTo(command);
        choice.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(source).FullName;
            RequireCheckpoint(path);
            CheckpointImporter.RequireFree(parsed.GetRequiredValue(output).FullName, parsed.GetValue(overwrite));
            var pairs = calibration.ReadPairs(parsed);
            var chosen = parsed.GetValue(choice.Auto)
                ? await ChooseAsync(path, pairs, parsed.GetValue(format), rules, choice, parsed, cancellationToken)
                : new ChosenQuantization(
                    QuantizedFormat.All.Single(f => f.Name == (parsed.GetValue(format) ?? QuantizedFormat.Int8.Name)),
                    rules.ReadOptions(parsed) with { Pairs = pairs });
            var options = new ImportOptions
            {
                Precision = FindPrecision(chosen.Format),
                Name = parsed.GetValue(name),
                Overwrite = parsed.GetValue(overwrite),
                Quantization = chosen.Options,
            };
            await ImportAsync(path, parsed.GetRequiredValue(output).FullName, options, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<ChosenQuantization> ChooseAsync(
        string source, CalibrationPairs pairs, string? format, QuantizationRuleArguments rules, ChoiceArguments choice, ParseResult parsed,
        CancellationToken cancellationToken)
    {
        if (rules.FindNamed(parsed) is { } named)
        {
            throw new InputException($"{named} is what --auto chooses; leave one of the two out");
        }

        var data = parsed.GetValue(choice.Data) ?? throw new InputException("--auto chooses by labelled queries: name them with --data");
        var (queries, hash) = await TextPairs.ReadQueriesAsync(data.FullName, cancellationToken);
        var options = new ChooserOptions
        {
            Pairs = pairs,
            Queries = queries,
            DataName = data.Name,
            DataSha256 = hash,
            MaxLoss = parsed.GetValue(choice.MaxLoss) ?? DefaultMaxLoss,
            Seed = parsed.GetValue(choice.Seed),
            Formats = [.. QuantizedFormat.All.Where(f => (format is null || f.Name == format) && ModelPrecision.Find(f.Name) is not null)],
        };
        using var scratch = new ScratchFolder();
        try
        {
            var chosen = await Consoles.Error.Status().StartAsync("choosing", context => QuantizationChooser.ChooseAsync(
                source, scratch.Path, options, new ImmediateProgress<string>(step => context.Status(Markup.Escape($"choosing: {step}"))), cancellationToken));
            Console.Out.Write(ChoiceTable.Write(chosen.Options.Choice!));
            return chosen;
        }
        catch (NoWayWithinLimitException e)
        {
            Console.Out.Write(ChoiceTable.Write(e.Tried));
            throw;
        }
    }

    private static async Task ImportAsync(string source, string output, ImportOptions options, CancellationToken cancellationToken)
    {
        var manifest = await Consoles.Error.Status().StartAsync("quantizing", context => CheckpointImporter.ImportAsync(
            source, output, options, new ImmediateProgress<ImportProgress>(p => context.Status(Markup.Escape(p.Step))), cancellationToken));
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{manifest.Name} {manifest.Precision}: {manifest.Quantization!.Describe()}, {manifest.Files.Sum(f => f.Bytes) / 1e6:0.0} MB"));
        Console.Out.WriteLine($"identity {manifest.Identity}");
        Console.Out.WriteLine($"in {output}");
    }

    private static ModelPrecision FindPrecision(QuantizedFormat format)
        => ModelPrecision.Find(format.Name) ?? throw new InputException($"this build makes no {format} models");

    private static void RequireCheckpoint(string path)
    {
        if (!SourceComparison.IsCheckpoint(path) && File.Exists(Path.Combine(path, ModelManifest.FileName)))
        {
            throw new InputException(
                $"{path}: is an imported model, whose weights are rounded and turned already; quantize the checkpoint that it was made from");
        }
    }
}
