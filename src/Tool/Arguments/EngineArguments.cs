using System.CommandLine;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;
using Reranker.Tool.Input;
using Reranker.Tool.Models;

namespace Reranker.Tool.Arguments;

/// <summary>Options of every command that loads a model.</summary>
internal sealed class EngineArguments
{
    public Option<string?> Model { get; } = new("--model", "-m")
    {
        Description = "Model folder, as 'reranker import' makes it, or a model of the hub (ORG/NAME[@REVISION], or an alias such as bge-reranker-v2-m3), "
            + "which serve, rank and verify fetch and import at the first time. Default: the bundled small multilingual model.",
        HelpName = "MODEL",
    };

    public Option<ModelPrecision?> Precision { get; } = new("--precision")
    {
        Description = "Precision of a model folder that holds several. Default: the fastest that runs here and ranks as FP32 does.",
        HelpName = string.Join('|', ModelPrecision.All),
        CustomParser = PrecisionNames.ParseOne,
    };

    public Option<EngineKind> Engine { get; } = new("--engine")
    {
        Description = "auto takes the fastest that works and says why not a faster one; a named engine that does not work is an error.",
        DefaultValueFactory = _ => EngineKind.Auto,
        HelpName = "auto|tensorrt|cuda|cpu|scripted",
    };

    public Option<IReadOnlyList<int>> Devices { get; } = OptionRules.CreateDeviceList("--devices",
        "GPUs to use, counted from 0 among those of CUDA_VISIBLE_DEVICES, such as 0,1: one worker each, two for one "
            + "that is named twice. cpu and scripted: one worker an entry. Default: every GPU.");

    public Option<int> Threads { get; } = new("--threads")
    {
        Description = "Threads of a CPU engine. Default: the processors, shared out among the workers.",
        DefaultValueFactory = _ => 0,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Model);
        command.Options.Add(Precision);
        AddEngineTo(command);
    }

    /// <summary>Adds which engine, for a command that has other words for the model.</summary>
    public void AddEngineTo(Command command)
    {
        Threads.AtLeast(0);
        Engine.AcceptNames();
        command.Options.Add(Engine);
        command.Options.Add(Threads);
    }

    /// <summary>Adds <see cref="Devices"/>, for a command that can use several.</summary>
    public void AddDevicesTo(Command command) => command.Options.Add(Devices);

    /// <summary>The model folder that was named, else the bundled one.</summary>
    /// <exception cref="InputException">It is one of the hub that was not imported here.</exception>
    public string FindModelPath(ParseResult parsed) => CreateFinder(parsed, EngineChoice.FromOptions(this, parsed))?.FindFolder() ?? DefaultModel.Path;

    /// <summary>The same where more than the command line says which engine and precision.</summary>
    public string FindModelPath(ParseResult parsed, EngineChoice choice) => CreateFinder(parsed, choice)?.FindFolder() ?? DefaultModel.Path;

    /// <summary>Fetches and imports the model that was named, where it is one of the hub that is not on this machine.</summary>
    public Task PrepareModelAsync(ParseResult parsed, CancellationToken cancellationToken)
        => PrepareModelAsync(parsed, EngineChoice.FromOptions(this, parsed), cancellationToken);

    /// <summary>The same where more than the command line says which engine and precision.</summary>
    public Task PrepareModelAsync(ParseResult parsed, EngineChoice choice, CancellationToken cancellationToken)
        => CreateFinder(parsed, choice)?.PrepareAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>The model that was named, in the precision that was; with several to choose from otherwise.</summary>
    public ModelFolder OpenModel(ParseResult parsed)
    {
        var folder = ModelFolder.Open(FindModelPath(parsed));
        return parsed.GetValue(Precision) is { } precision ? folder.WithPrecision(precision.Name) : folder;
    }

    /// <summary>The same for a command that works on one precision.</summary>
    /// <exception cref="ModelFolderException">There are several, and none was named.</exception>
    public ModelFolder OpenOnePrecision(ParseResult parsed) => OpenModel(parsed).ListPrecisions() is [var one]
        ? one
        : throw new ModelFolderException(FindModelPath(parsed), "holds several precisions; say which one with --precision");

    public EngineOptions ReadOptions(ParseResult parsed) => new()
    {
        Engine = parsed.GetValue(Engine),
        CpuThreads = parsed.GetValue(Threads),
        Devices = parsed.GetValue(Devices) ?? [],
    };

    private ModelFinder? CreateFinder(ParseResult parsed, EngineChoice choice)
        => parsed.GetValue(Model) is { } name ? new ModelFinder(name, choice.Precision, choice.Engine) : null;
}
