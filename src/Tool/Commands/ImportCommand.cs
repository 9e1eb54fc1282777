using System.CommandLine;
using System.CommandLine.Parsing;
using Reranker.Inference.Models;
using Reranker.Onnx;
using Reranker.Onnx.Import;
using Reranker.Tool.Arguments;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker import</c>: a Hugging Face checkpoint becomes a model folder.</summary>
internal static class ImportCommand
{
    private const int WidthForBar = 60;

    public static Command CreateCommand()
    {
        var source = new Argument<DirectoryInfo>("path")
        {
            Description = "Checkpoint folder: config.json, safetensors (one file or shards), sentencepiece.bpe.model.",
        };
        source.AcceptExistingOnly();
        var output = new Option<DirectoryInfo>("--out", "-o") { Description = "Model folder to make.", Required = true, HelpName = "DIR" };
        var precision = new Option<ModelPrecision?>("--precision", "-p")
        {
            Description = "fp16 for GPUs, fp8 for GPUs from compute capability 8.9 on, int8 for CPUs, fp32 as a reference; int8-qdq for TensorRT; fp8 and int8-qdq are calibrated on built-in texts (reranker quantize has more to choose).",
            DefaultValueFactory = _ => ModelPrecision.Fp16,
            HelpName = string.Join('|', ModelPrecision.All),
            CustomParser = result => FindPrecision(result.Tokens[^1].Value) ?? RefusePrecision(result),
        };
        var name = new Option<string?>("--name") { Description = "Name that requests use. Default: the checkpoint folder's name." };
        var maxTokens = new Option<int?>("--max-tokens") { Description = "Most tokens of a pair. Default: what the position table allows." };
        maxTokens.AtLeast(PairLayout.MinPairTokens);
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a model that is already there." };

        var measuredForms = new Option<bool>("--measured-forms") { Description = "Also write the packed forms that differ in speed alone, to measure them." };

        var command = new Command("import", "Import a Hugging Face checkpoint (XLMRobertaForSequenceClassification with one label).")
        {
            source, output, precision, name, maxTokens, overwrite, measuredForms,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(source).FullName,
            parsed.GetRequiredValue(output).FullName,
            new ImportOptions
            {
                Precision = parsed.GetRequiredValue(precision)!,
                Name = parsed.GetValue(name),
                MaxPairTokens = parsed.GetValue(maxTokens),
                Overwrite = parsed.GetValue(overwrite),
                MeasuredForms = parsed.GetValue(measuredForms),
            },
            cancellationToken));
        return command;
    }

    private static ModelPrecision? FindPrecision(string name)
        => ModelPrecision.All.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));

    private static ModelPrecision? RefusePrecision(ArgumentResult result)
    {
        result.AddError($"'{result.Tokens[^1].Value}' is no precision; one of {string.Join(", ", ModelPrecision.All)}.");
        return null;
    }

    private static async Task<int> RunAsync(string source, string output, ImportOptions options, CancellationToken cancellationToken)
    {
        var console = Consoles.Error;
        var manifest = await console.Progress()
            .Columns(console.Profile.Width >= WidthForBar
                ? [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()]
                : [new TaskDescriptionColumn(), new PercentageColumn()])
            .StartAsync(async context =>
            {
                var bar = context.AddTask("weights");
                var progress = new ImmediateProgress<ImportProgress>(p =>
                {
                    bar.Description = Markup.Escape(p.Step);
                    bar.MaxValue = Math.Max(1, p.BytesTotal);
                    bar.Value = p.BytesDone;
                });
                return await CheckpointImporter.ImportAsync(source, output, options, progress, cancellationToken);
            });

        var bytes = manifest.Files.Sum(f => f.Bytes);
        // Not through the console library, which breaks lines at the width: an identity and a path must stay whole.
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{manifest.Name} {manifest.Precision}: {manifest.Shape.Layers} layers, hidden {manifest.Shape.Hidden}, {manifest.MaxPairTokens} tokens, {bytes / 1e6:0.0} MB"));
        if (manifest.Quantization is { } quantization)
        {
            Console.Out.WriteLine($"calibrated: {quantization.Describe()}");
        }

        Console.Out.WriteLine($"identity {manifest.Identity}");
        Console.Out.WriteLine($"in {output}");
        return ExitCodes.Success;
    }
}
