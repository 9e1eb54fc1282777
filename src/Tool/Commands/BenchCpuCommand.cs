using System.CommandLine;
using System.Text.Json;
using Reranker.Benchmarking.Cpu;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Synthesis;
using Reranker.Tool.Arguments;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Commands;

/// <summary>
/// <c>reranker bench cpu</c>: a model against an FP32 model of the same shape, and the worker against one padded batch.
/// Speed does not depend on what weights say, so the FP32 model may be a random one.
/// </summary>
internal static class BenchCpuCommand
{
    public static Command CreateCommand()
    {
        var arguments = new EngineArguments();
        var baseline = new Option<DirectoryInfo?>("--fp32")
        {
            Description = "FP32 model folder to compare with. Default: a random one of the same shape, made for the run.",
            HelpName = "DIR",
        };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => 2 };
        var repetitions = new Option<int>("--repetitions") { Description = "Runs of each measurement; the median counts.", DefaultValueFactory = _ => 3 };
        var peer = new Option<FileInfo>("--peer")
        {
            Description = "An ONNX graph with the same inputs and output, such as of ONNX Runtime's dynamic quantization, to run in batches sorted by length.",
            HelpName = "FILE",
        };
        peer.AcceptExistingOnly();
        threads.AtLeast(1);
        repetitions.AtLeast(1);
        var json = new Option<bool>("--json") { Description = "Print JSON." };

        var command = new Command("cpu", "Pairs a second on the CPU: dense 100×128, natural lengths, and one padded batch.")
        {
            arguments.Model, arguments.Precision, baseline, peer, threads, repetitions, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = arguments.OpenOnePrecision(parsed);
            var scratch = Directory.CreateTempSubdirectory("reranker-bench-");
            try
            {
                var reference = parsed.GetValue(baseline)?.FullName
                    ?? await Consoles.Error.Status().StartAsync(
                        "making an FP32 model of the same shape", _ => CreateRandomFp32Async(folder.Manifest.Shape, scratch.FullName, cancellationToken));
                var options = new CpuBenchmarkOptions { Threads = parsed.GetValue(threads), Repetitions = parsed.GetValue(repetitions), PeerGraph = parsed.GetValue(peer)?.FullName };
                var report = await Consoles.Error.Status().StartAsync(
                    "measuring",
                    _ => new CpuBenchmark(options, TimeProvider.System).RunAsync([ModelFolder.Open(reference), folder], cancellationToken));
                Console.Out.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, JsonSerializerOptions.Web) : report.FormatTable());
                return ExitCodes.Success;
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
        return command;
    }

    private static async Task<string> CreateRandomFp32Async(ModelShape shape, string scratch, CancellationToken cancellationToken)
    {
        var (checkpoint, model) = (Path.Combine(scratch, "checkpoint"), Path.Combine(scratch, "fp32"));
        await CheckpointSynthesizer.WriteAsync(shape, 1, checkpoint, cancellationToken);
        await CheckpointImporter.ImportAsync(
            checkpoint, model, new ImportOptions { Precision = ModelPrecision.Fp32, Name = "random-fp32" }, null, cancellationToken);
        return model;
    }
}
