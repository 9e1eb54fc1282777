using System.CommandLine;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Models;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker engine build|check</c>: TensorRT engines ahead of the first start.</summary>
internal static class EngineCommand
{
    public static Command Create() => new("engine", "Build TensorRT engines ahead of the first start.")
    {
        Create("build", "Build the engine of a model for this machine's GPU, if it is not there yet. Takes minutes.", Build),
        Create("check", "Say whether the engine is there; fails when it must be built.", Check),
    };

    private static Command Create(string name, string description, Func<ModelFolder, EngineOptions, int> run)
    {
        var model = new EngineArguments().Model;
        var gpu = new GpuArguments();
        var command = new Command(name, description) { model };
        gpu.AddTo(command);
        command.SetAction(parsed => run(
            ModelFolder.Open(parsed.GetValue(model)?.FullName ?? DefaultModel.Path), gpu.For(EngineKind.TensorRt, parsed)));
        return command;
    }

    private static int Build(ModelFolder model, EngineOptions options)
    {
        using var loggers = ErrorLogs.Create();
        var engine = new EngineBuilder(TimeProvider.System, loggers).Build(model, options);
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{(engine.Built ? "built" : "there already")}: {engine.Bytes / 1e6:0.0} MB, ready after {engine.Time.TotalSeconds:0} s, in {engine.Folder}"));
        Console.Out.Write(engine.Key);
        return ExitCodes.Success;
    }

    private static int Check(ModelFolder model, EngineOptions options)
    {
        if (EngineBuilder.Check(model, options) is not { } engine)
        {
            Console.Error.WriteLine("there is no engine for this model, GPU and profile; build it with 'reranker engine build'");
            return ExitCodes.Failure;
        }

        Console.Out.WriteLine(FormattableString.Invariant($"{engine.Bytes / 1e6:0.0} MB in {engine.Folder}"));
        Console.Out.Write(engine.Key);
        return ExitCodes.Success;
    }
}
