using System.CommandLine;
using Reranker.Inference.Engines;

namespace Reranker.Tool.Commands;

/// <summary>Options of every command that loads a model.</summary>
internal sealed class EngineArguments
{
    public Option<DirectoryInfo?> Model { get; } = new("--model", "-m")
    {
        Description = "Model folder, as 'reranker import' makes it. Default: the bundled small multilingual model.",
        HelpName = "DIR",
    };

    public Option<EngineKind> Engine { get; } = new("--engine")
    {
        Description = "auto takes the fastest that works and says why not a faster one; a named engine that does not work is an error.",
        DefaultValueFactory = _ => EngineKind.Auto,
        HelpName = "auto|tensorrt|cuda|cpu|scripted",
    };

    public Option<int> Threads { get; } = new("--threads")
    {
        Description = "Threads of the CPU engine. Default: one a processor.",
        DefaultValueFactory = _ => 0,
    };

    public void AddTo(Command command)
    {
        Threads.AtLeast(0);
        command.Options.Add(Model);
        command.Options.Add(Engine);
        command.Options.Add(Threads);
    }

    public string ModelPath(ParseResult parsed) => parsed.GetValue(Model)?.FullName ?? DefaultModel.Path;

    public EngineOptions Options(ParseResult parsed) => new()
    {
        Engine = parsed.GetValue(Engine),
        CpuThreads = parsed.GetValue(Threads),
    };
}
