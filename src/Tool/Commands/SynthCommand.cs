using System.CommandLine;
using Reranker.Onnx.Synthesis;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker synth</c>: a checkpoint with random weights, for tests and benchmarks without a download.</summary>
internal static class SynthCommand
{
    public static Command CreateCommand()
    {
        var like = new Option<string>("--like") { Description = "Shape of the model.", Required = true };
        like.AcceptOnlyFromAmong([.. SyntheticShapes.Names]);
        var seed = new Option<int>("--seed") { Description = "Seed of the weights; equal seeds give equal bytes.", DefaultValueFactory = _ => 1 };
        var output = new Option<DirectoryInfo>("--out", "-o") { Description = "Checkpoint folder to make.", Required = true, HelpName = "DIR" };

        var command = new Command("synth", "Write a Hugging Face checkpoint of a known shape with seeded random weights.") { like, seed, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetRequiredValue(output).FullName;
            await Consoles.Error.Status().StartAsync(
                "writing weights", _ => CheckpointSynthesizer.WriteAsync(parsed.GetRequiredValue(like), parsed.GetValue(seed), folder, cancellationToken));
            Console.Out.WriteLine($"checkpoint in {folder}");
            return ExitCodes.Success;
        });
        return command;
    }
}
