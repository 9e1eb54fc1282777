using Reranker.Inference.Diagnosis;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Tool.Doctor.Facts;
using Reranker.Tool.Hub;
using Reranker.Tool.Models;
using Reranker.Tool.Output;

namespace Reranker.Tool.Doctor.Probes;

/// <summary>Asks everything that there is to be asked of a machine.</summary>
/// <param name="runner">Asks native code.</param>
/// <param name="trials">Whether engines are started, which takes seconds each, and up to minutes where TensorRT builds one.</param>
/// <param name="progress">Told of what takes long before it begins.</param>
internal sealed class MachineExamination(ProbeRunner runner, bool trials, TextWriter progress)
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Build = TimeSpan.FromMinutes(5);
    private static readonly string[] GpuVariables = ["LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"];

    /// <summary>Asks it all.</summary>
    public async Task<MachineFacts> RunAsync(CancellationToken cancellationToken)
    {
        var runtime = AskAsync<RuntimeAnswer>("ONNX Runtime", [ProbeAnswers.Runtime], cancellationToken);
        var driver = AskAsync<DriverAnswer>("NVIDIA driver", [ProbeAnswers.Driver], cancellationToken);
        var cards = AskAsync<CardsAnswer>("NVIDIA cards", [ProbeAnswers.Cards], cancellationToken);
        var clock = AskAsync<ClockAnswer>("clock", [ProbeAnswers.Clock], cancellationToken);
        var facts = new MachineFacts
        {
            System = SystemReader.ReadSystem(),
            Processor = ProcessorReader.Read(),
            Memory = ProcessorReader.ReadMemory(),
            CardsOnBus = SystemReader.CountCards(),
            GpuEnvironment = GpuVariables.ToDictionary(name => name, Environment.GetEnvironmentVariable),
            Runtime = await runtime,
            Driver = await driver,
            Cards = await cards,
            Clock = await clock,
            Ports = [.. SystemReader.Ports.Select(p => SystemReader.ReadPort(p.Port, p.User))],
            Limits = SystemReader.ReadLimits(),
            Folders = [.. ListFolders()],
        };
        facts = facts.HasCards ? await AskLibrariesAsync(facts, cancellationToken) : facts;
        return trials ? facts with { Trials = await StartEnginesAsync(facts, cancellationToken) } : facts;
    }

    private async Task<MachineFacts> AskLibrariesAsync(MachineFacts facts, CancellationToken cancellationToken)
    {
        var missing = AskAsync<MissingAnswer>("engines' libraries", [ProbeAnswers.Missing], cancellationToken);
        var libraries = EngineLibrary.All.Select(l => AskAsync<LibraryAnswer>(l.File, [ProbeAnswers.Library, l.File], cancellationToken)).ToList();
        return facts with { Missing = await missing, Libraries = await Task.WhenAll(libraries) };
    }

    // One after another: each of them wants the whole device.
    private async Task<IReadOnlyList<Probed<TrialAnswer>>> StartEnginesAsync(MachineFacts facts, CancellationToken cancellationToken)
    {
        List<EngineKind> kinds = [EngineKind.Cpu];
        if (facts.Driver.Answer is { Devices.Count: > 0 })
        {
            // One that knows what it lacks need not be started to say so.
            var missing = facts.Missing?.Answer;
            kinds.InsertRange(0, missing?.Cuda is null ? [EngineKind.Cuda] : []);
            kinds.InsertRange(1 < kinds.Count ? 1 : 0, (missing?.TensorRt ?? missing?.Build) is null ? [EngineKind.TensorRt] : []);
        }

        var answers = new List<Probed<TrialAnswer>>();
        foreach (var kind in kinds)
        {
            answers.Add(await StartEngineAsync(kind, cancellationToken));
        }

        return answers;
    }

    private async Task<Probed<TrialAnswer>> StartEngineAsync(EngineKind kind, CancellationToken cancellationToken)
    {
        var name = kind.ToString().ToLowerInvariant();
        await progress.WriteLineAsync(DescribeStart(kind, name));
        try
        {
            using var scratch = new ScratchFolder();
            return await runner.AskAsync<TrialAnswer>(
                name, [ProbeAnswers.Trial, kind.ToString(), scratch.Path], kind == EngineKind.TensorRt ? Build : Start, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Probed<TrialAnswer>(name, null, $"{EngineLines.NoRoom} ({e.Message})");
        }
    }

    internal static string DescribeStart(EngineKind kind, string name) => kind == EngineKind.TensorRt
        ? $"{name}: building an engine for a model of one layer, which takes seconds, and up to {Build.TotalMinutes:0} minutes where its libraries are read for the first time (--quick leaves it out)"
        : $"{name}: starting with a small model";

    private Task<Probed<T>> AskAsync<T>(string name, string[] question, CancellationToken cancellationToken)
        where T : class => runner.AskAsync<T>(name, question, Short, cancellationToken);

    private static IEnumerable<FolderFacts> ListFolders()
    {
        yield return SystemReader.ReadFolder("imported models", ImportedModels.Root);
        var (engines, measurements) = (ReadSetting("TensorRt__EngineCache"), ReadSetting("Cuda__MeasurementCache"));
        yield return SystemReader.ReadFolder("TensorRT engines", new TensorRtOptions { EngineCache = engines }.FindEngineCache());
        yield return ReadMeasurements(new CudaOptions { MeasurementCache = measurements }.FindMeasurementCache());
        yield return ReadHubCache();
        yield return ReadTemporary(Path.GetTempPath());
    }

    // Of a server's settings those that name folders, where they are given as a container's are.
    private static string ReadSetting(string name) => Environment.GetEnvironmentVariable($"Reranker__{name}")?.Trim() ?? "";

    /// <summary>Where starts of the CUDA engine keep what they measured: they do without it.</summary>
    internal static FolderFacts ReadMeasurements(string path) => SystemReader.ReadFolder("CUDA measurements", path) with
    {
        Without = "every start of the CUDA engine measures anew: give this user the folder, or name another with Reranker:Cuda:MeasurementCache",
    };

    // Nobody makes this one.
    internal static FolderFacts ReadTemporary(string path) => Directory.Exists(path)
        ? SystemReader.ReadFolder("temporary files", path)
        : new FolderFacts("temporary files", path, "it is not there", 0);

    private static FolderFacts ReadHubCache()
    {
        try
        {
            return SystemReader.ReadFolder("models of the hub", HubSettings.FromEnvironment().CacheFolder);
        }
        catch (Exception e) when (e is HubException or IOException or UnauthorizedAccessException)
        {
            return new FolderFacts("models of the hub", "", e.Message, 0);
        }
    }
}
