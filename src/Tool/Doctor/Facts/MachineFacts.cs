using Reranker.Inference.Diagnosis;

namespace Reranker.Tool.Doctor.Facts;

/// <summary>All that was found out about a machine. What is judged, printed and written as JSON comes from here alone.</summary>
internal sealed record MachineFacts
{
    /// <summary>Program and system.</summary>
    public required SystemFacts System { get; init; }

    /// <summary>Processor.</summary>
    public required ProcessorFacts Processor { get; init; }

    /// <summary>Memory.</summary>
    public required MemoryFacts Memory { get; init; }

    /// <summary>NVIDIA cards that the system shows on its bus, whether or not there is a driver.</summary>
    public required int CardsOnBus { get; init; }

    /// <summary>What of the environment decides over GPUs: <c>LD_LIBRARY_PATH</c>, <c>CUDA_VISIBLE_DEVICES</c>; null where it is not set.</summary>
    public required IReadOnlyDictionary<string, string?> GpuEnvironment { get; init; }

    /// <summary>ONNX Runtime.</summary>
    public required Probed<RuntimeAnswer> Runtime { get; init; }

    /// <summary>NVIDIA's driver.</summary>
    public required Probed<DriverAnswer> Driver { get; init; }

    /// <summary>NVIDIA's cards.</summary>
    public required Probed<CardsAnswer> Cards { get; init; }

    /// <summary>Libraries of engines; empty where no GPU could use them.</summary>
    public IReadOnlyList<Probed<LibraryAnswer>> Libraries { get; init; } = [];

    /// <summary>What engines say that they lack; null where no GPU could use them.</summary>
    public Probed<MissingAnswer>? Missing { get; init; }

    /// <summary>Engines that were started with a small model.</summary>
    public IReadOnlyList<Probed<TrialAnswer>> Trials { get; init; } = [];

    /// <summary>Ports that the programs listen on unless they are told otherwise.</summary>
    public required IReadOnlyList<PortFacts> Ports { get; init; }

    /// <summary>Limits of processes.</summary>
    public required LimitFacts Limits { get; init; }

    /// <summary>The clock.</summary>
    public required Probed<ClockAnswer> Clock { get; init; }

    /// <summary>Folders that are written to.</summary>
    public required IReadOnlyList<FolderFacts> Folders { get; init; }

    /// <summary>NVIDIA cards that anything shows; a container may see those that it may not use.</summary>
    public int CardsShown => Math.Max(CardsOnBus, Cards.Answer?.Cards.Count ?? 0);

    /// <summary>True where there is a GPU that this process may use, or could be given.</summary>
    public bool HasCards => CardsShown > 0 || Driver.Answer is { Devices.Count: > 0 };
}

/// <summary>What a child process was asked.</summary>
/// <typeparam name="T">Its answer.</typeparam>
/// <param name="Name">What it was about, such as a library's name.</param>
/// <param name="Answer">The answer; null where there is none.</param>
/// <param name="Problem">Why there is none, as a clause.</param>
internal sealed record Probed<T>(string Name, T? Answer, string? Problem)
    where T : class;

/// <summary>An engine that was started.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Model">What was run.</param>
/// <param name="Problem">Why it does not work, as a clause; null when it does.</param>
/// <param name="Device">Its device.</param>
/// <param name="TokensPerSecond">What it gave on that model, which is not what a model of yours gives.</param>
/// <param name="Seconds">Time to ready.</param>
internal sealed record TrialAnswer(string Engine, string Model, string? Problem, string? Device, double TokensPerSecond, double Seconds);

/// <summary>Program and system.</summary>
/// <param name="Version">Version of this program.</param>
/// <param name="Os">Name of the system.</param>
/// <param name="Distribution">Its <c>ID</c> in <c>os-release</c>, such as <c>debian</c>; null where there is none.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="Platform">Such as <c>linux-x64</c>.</param>
/// <param name="IsContainer">True in a container.</param>
internal sealed record SystemFacts(string Version, string Os, string? Distribution, string Runtime, string Platform, bool IsContainer);

/// <summary>Processor.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="Processors">Processors of the machine.</param>
/// <param name="Usable">Processors that this process may use, rounded up.</param>
/// <param name="Quota">Processors that the control group allows; null for all.</param>
/// <param name="Features">Those of the instruction sets that matter to scores on processors, by the kernel's names.</param>
internal sealed record ProcessorFacts(string Name, int Processors, int Usable, double? Quota, IReadOnlyList<string> Features);

/// <summary>Memory in bytes.</summary>
/// <param name="Total">Of the machine.</param>
/// <param name="Available">What could be taken now.</param>
/// <param name="Limit">Limit of the control group; null for none.</param>
internal sealed record MemoryFacts(long Total, long Available, long? Limit);

/// <summary>A port.</summary>
/// <param name="Port">Its number.</param>
/// <param name="User">Whose it is.</param>
/// <param name="IsFree">False when somebody listens there.</param>
internal sealed record PortFacts(int Port, string User, bool IsFree);

/// <summary>Limits of a process; null for none.</summary>
/// <param name="OpenFiles">Open files and connections.</param>
/// <param name="LockedMemory">Bytes that it may keep from being swapped out.</param>
internal sealed record LimitFacts(long? OpenFiles, long? LockedMemory);

/// <summary>A folder that is written to, or will be.</summary>
/// <param name="Use">What for.</param>
/// <param name="Path">Its path.</param>
/// <param name="Problem">Why it cannot be written to, as a clause; null when it can.</param>
/// <param name="FreeBytes">Room on its disk.</param>
internal sealed record FolderFacts(string Use, string Path, string? Problem, long FreeBytes)
{
    /// <summary>What goes on without it, as a sentence; null where nothing does.</summary>
    public string? Without { get; init; }
}
