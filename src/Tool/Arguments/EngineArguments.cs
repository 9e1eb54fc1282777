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

    public Option<string> Devices { get; } = new("--devices")
    {
        Description = "GPUs to use, counted from 0 among those of CUDA_VISIBLE_DEVICES, such as 0,1: one worker each, two for one "
            + "that is named twice. cpu and scripted: one worker an entry. Default: every GPU.",
        DefaultValueFactory = _ => "",
        HelpName = "LIST",
    };

    public Option<int> Threads { get; } = new("--threads")
    {
        Description = "Threads of a CPU engine. Default: the processors, shared out among the workers.",
        DefaultValueFactory = _ => 0,
    };

    public void AddTo(Command command)
    {
        Threads.AtLeast(0);
        Engine.AcceptNames();
        command.Options.Add(Model);
        command.Options.Add(Engine);
        command.Options.Add(Threads);
    }

    /// <summary>Adds <see cref="Devices"/>, for a command that can use several.</summary>
    public void AddDevicesTo(Command command)
    {
        Devices.DeviceNumbers();
        command.Options.Add(Devices);
    }

    public string ModelPath(ParseResult parsed) => parsed.GetValue(Model)?.FullName ?? DefaultModel.Path;

    public EngineOptions Options(ParseResult parsed) => new()
    {
        Engine = parsed.GetValue(Engine),
        CpuThreads = parsed.GetValue(Threads),
        Devices = DeviceList.TryParse(parsed.GetValue(Devices), out var devices) ? devices : [],
    };
}
