using System.CommandLine;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Models;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker import</c>: a Hugging Face checkpoint becomes a model folder.</summary>
internal static class ImportCommand
{
    public static Command CreateCommand()
    {
        var source = CreateSource();
        var output = new Option<DirectoryInfo>("--out", "-o") { Description = "Model folder to make.", Required = true, HelpName = "DIR" };
        var precision = new Option<IReadOnlyList<ModelPrecision>>("--precision", "-p")
        {
            Description = "One precision, or several with commas between them, of which a server takes the fastest that it runs: fp16 for GPUs, "
                + "fp8 for GPUs from compute capability 8.9 on, int8 for CPUs, fp32 as a reference; int8-qdq for TensorRT. "
                + "fp8 and int8-qdq are calibrated on built-in texts; reranker quantize has more to choose.",
            DefaultValueFactory = _ => [ModelPrecision.Fp16],
            HelpName = string.Join('|', ModelPrecision.All),
            CustomParser = PrecisionNames.ParseList,
        };
        var gate = new Option<string>("--gate")
        {
            Description = "Compare quantized precisions with FP32 on built-in texts: run, skip, or auto where there are several precisions. "
                + "Without a result no server chooses one by itself.",
            DefaultValueFactory = _ => "auto",
        };
        gate.AcceptOnlyFromAmong("auto", "run", "skip");
        var name = new Option<string?>("--name") { Description = "Name that requests use. Default: the checkpoint folder's name." };
        var maxTokens = new Option<int?>("--max-tokens") { Description = "Most tokens of a pair. Default: what the position table allows." };
        maxTokens.AtLeast(PairLayout.MinPairTokens);
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a model that is already there." };

        var file = new Option<string?>("--file") { Description = "The ONNX file to take, of a folder that holds several, such as onnx/model_quantized.onnx.", HelpName = "FILE" };
        var measuredForms = new Option<bool>("--measured-forms") { Description = "Also write the packed forms that differ in speed alone, to measure them." };

        var command = new Command("import", "Import a Hugging Face checkpoint, XLM-RoBERTa, BERT, RoBERTa, ModernBERT or NewModel for sequence classification, or an ONNX file that was made of any encoder.")
        {
            source, output, precision, gate, name, maxTokens, overwrite, file, measuredForms,
        };
        Option[] onlyOfCheckpoints = [precision, gate, measuredForms];
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(source),
            parsed.GetValue(file),
            [.. onlyOfCheckpoints.Where(o => parsed.GetResult(o) is { Implicit: false }).Select(o => o.Name)],
            parsed.GetRequiredValue(output).FullName,
            new ImportOptions
            {
                Precisions = parsed.GetRequiredValue(precision),
                Gate = parsed.GetRequiredValue(gate) switch { "run" => true, "skip" => false, _ => null },
                Name = parsed.GetValue(name),
                MaxPairTokens = parsed.GetValue(maxTokens),
                Overwrite = parsed.GetValue(overwrite),
                MeasuredForms = parsed.GetValue(measuredForms),
            },
            cancellationToken));
        return command;
    }

    private static Argument<string> CreateSource()
    {
        var source = new Argument<string>("checkpoint")
        {
            Description = "Checkpoint folder: config.json, safetensors (one file or shards), the tokenizer's files; or ORG/NAME[@REVISION] of the hub, which is fetched. "
                + "A folder with an ONNX file in place of the weights, as optimum makes it, is taken as it is.",
        };
        source.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !Directory.Exists(token.Value) && ModelNaming.FindHubModel(token.Value) is null)
            {
                result.AddError($"'{token.Value}' is no folder here and no name of a model of the hub.");
            }
        });
        return source;
    }

    private static async Task<int> RunAsync(
        string source, string? file, string[] onlyOfCheckpoints, string output, ImportOptions options, CancellationToken cancellationToken)
    {
        // A name of the hub is fetched, as it is there now; the model has it as its own unless another is given.
        var named = ModelNaming.Parse(source, Console.Error.WriteLine);
        if (named.Folder is { } folder && (file is not null || OnnxImporter.IsForeign(folder)))
        {
            if (onlyOfCheckpoints is [var option, ..])
            {
                throw new InputException($"{option} is for checkpoints: an ONNX file is taken in the precision that it has, and nothing is there to compare it with");
            }

            WriteSummary(await ImportBar.ShowAsync(progress => OnnxImporter.ImportAsync(folder, file, output, options, progress, cancellationToken)), output);
            return ExitCodes.Success;
        }

        if (file is not null)
        {
            throw new InputException($"--file names an ONNX file of a folder, and {named.Hub} is fetched as a checkpoint");
        }

        var checkpoint = named.Folder ?? (await HubModels.PullAsync(named.Hub!, cancellationToken)).Folder;
        var chosen = named.Hub is { } hub && options.Name is null ? options with { Name = hub.Repository } : options;
        var manifest = await ImportBar.ShowAsync(progress => CheckpointImporter.ImportAsync(checkpoint, output, chosen, progress, cancellationToken));
        WriteSummary(manifest, output);
        return ExitCodes.Success;
    }

    // Not through the console library, which breaks lines at the width: an identity and a path must stay whole.
    private static void WriteSummary(ModelManifest manifest, string output)
    {
        ModelManifest[] models = [.. manifest.Precisions?.Select(manifest.SelectPrecision) ?? [manifest]];
        var bytes = manifest.Files.Sum(f => f.Bytes);
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{manifest.Name} {string.Join(", ", models.Select(m => m.Precision))}: {manifest.Shape.Layers} layers, hidden {manifest.Shape.Hidden}, {manifest.MaxPairTokens} tokens, {bytes / 1e6:0.0} MB"));
        foreach (var model in models)
        {
            var prefix = models.Length == 1 ? "" : $"{model.Precision}: ";
            if (model.Quantization is { } quantization)
            {
                Console.Out.WriteLine($"{prefix}calibrated: {quantization.Describe()}");
            }

            if (model.Gate is { } gate)
            {
                Console.Out.WriteLine($"{prefix}{gate}: {(gate.HasPassed ? "a server may choose it" : "no server chooses it by itself")}");
            }

            Console.Out.WriteLine($"{prefix}identity {model.Identity}");
        }

        Console.Out.WriteLine($"in {output}");
    }
}
