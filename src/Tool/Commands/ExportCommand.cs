using System.CommandLine;
using Reranker.Inference.Models;
using Reranker.Tool.Arguments;
using Reranker.Tool.Triton;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker export triton</c>: a model folder becomes an entry of a Triton model repository.</summary>
internal static class ExportCommand
{
    public static Command CreateCommand() => new("export", "Write a model for another server.") { CreateTritonCommand() };

    private static Command CreateTritonCommand()
    {
        var repository = new Argument<DirectoryInfo>("repository") { Description = "Model repository; the model becomes a folder in it." };
        var engine = new EngineArguments();
        var batch = new Option<int>("--max-batch") { Description = "Most pairs of a run; models that run one pair at a time have 1.", DefaultValueFactory = static _ => 32 };
        var tokens = new Option<int?>("--max-tokens") { Description = "Most tokens of a pair. Default: 512, or the model's limit where that is less." };
        var instances = new Option<int>("--instances") { Description = "Sessions a device.", DefaultValueFactory = static _ => 1 };
        var delay = new Option<int>("--queue-delay-us") { Description = "Longest time a request waits for others, in microseconds.", DefaultValueFactory = static _ => 0 };
        var withoutTensorRt = new Option<bool>("--no-tensorrt") { Description = "Leave the graph to ONNX Runtime's CUDA provider." };
        batch.AtLeast(1);
        tokens.AtLeast(PairLayout.MinPairTokens);
        instances.AtLeast(1);
        delay.AtLeast(0);
        var command = new Command("triton", "Write an entry of a Triton model repository: config.pbtxt, the padded graph, its weights and a warm-up.")
        {
            repository, engine.Model, engine.Precision, batch, tokens, instances, delay, withoutTensorRt,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var model = engine.OpenOnePrecision(parsed);
            var folder = await TritonExport.WriteAsync(
                model,
                parsed.GetRequiredValue(repository).FullName,
                new TritonOptions(
                    parsed.GetValue(batch),
                    parsed.GetValue(tokens),
                    parsed.GetValue(instances),
                    TimeSpan.FromMicroseconds(parsed.GetValue(delay)),
                    UsesTensorRt: !parsed.GetValue(withoutTensorRt)),
                cancellationToken);
            Console.Out.WriteLine($"{model.Manifest.Precision}, in {folder}");
            return ExitCodes.Success;
        });
        return command;
    }
}
