using System.Globalization;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor;

/// <summary>Lines on engines: what works, and what each that does not lacks.</summary>
internal static class EngineLines
{
    /// <summary>Begins the problem of an engine that could not be tried for want of a folder.</summary>
    public const string NoRoom = "there is no place for temporary files";

    /// <summary>A line an engine, the fastest first.</summary>
    public static IEnumerable<DoctorLine> Describe(MachineFacts facts)
    {
        if (facts.HasCards)
        {
            yield return DescribeCuda(facts);
            yield return DescribeTensorRt(facts);
        }

        if (FindTrial(facts, EngineKind.Cpu) is { } cpu)
        {
            yield return DescribeTrial(cpu, LineState.Mend, "restore and publish this program again, and report this with 'reranker doctor --json'");
        }
    }

    /// <summary>The best engine that was started and works; null where none does or none was started.</summary>
    public static string? FindBest(MachineFacts facts) => facts.Trials.FirstOrDefault(t => t.Answer is { Problem: null })?.Name;

    private static DoctorLine DescribeCuda(MachineFacts facts)
    {
        if (facts.Driver.Answer is not { Problem: null })
        {
            return new DoctorLine("engines", LineState.Mend, "cuda: there is no GPU that this process may use", NextOfDriver(facts));
        }

        if (facts.Missing?.Answer?.Cuda is { } missing)
        {
            var libraries = EngineLibrary.All.Where(l => l.IsForCuda && facts.Libraries.Any(a => a.Name == l.File && a.Answer?.Path is null)).ToList();
            return new DoctorLine("engines", LineState.Mend, $"cuda: {missing}", missing switch
            {
                _ when !HasProvider(facts, "CUDA") || missing.Contains("libonnxruntime", StringComparison.Ordinal) || missing.Contains("too old: it has no interface", StringComparison.Ordinal)
                    => NextSteps.BuildForGpu,
                _ when libraries.Count > 0 => NextSteps.InstallLibraries(libraries, facts.System),
                _ => NextSteps.InstallDriver(facts.System),
            });
        }

        return FindTrial(facts, EngineKind.Cuda) is { } trial
            ? DescribeTrial(trial, LineState.Mend, "report this with 'reranker doctor --json'; 'reranker serve --engine cpu' serves meanwhile")
            : DescribeUntried("cuda", facts);
    }

    // Not needed for the best engine of a GPU but where a model is int8-qdq, so what it lacks is no fault of the machine.
    private static DoctorLine DescribeTensorRt(MachineFacts facts)
    {
        const string Use = "it runs int8-qdq models, and models without packed graphs";
        if (facts.Driver.Answer is not { Problem: null })
        {
            return new DoctorLine("engines", LineState.Note, "tensorrt: there is no GPU that this process may use", NextOfDriver(facts));
        }

        if (facts.Missing?.Answer is { TensorRt: { } missing })
        {
            var libraries = EngineLibrary.All.Where(l => facts.Libraries.Any(a => a.Name == l.File && a.Answer?.Path is null)).ToList();
            return new DoctorLine("engines", LineState.Note, $"tensorrt: {missing}; {Use}",
                !HasProvider(facts, "Tensorrt") ? NextSteps.BuildForGpu : libraries.Count > 0 ? NextSteps.InstallLibraries(libraries, facts.System) : null);
        }

        if (facts.Missing?.Answer?.Build is { } build)
        {
            return new DoctorLine("engines", LineState.Note, $"tensorrt: runs engines that are built already; {build}",
                $"sudo apt-get install --reinstall {EngineLibrary.TensorRtPackage}, which has it beside libnvinfer.so.10; or 'reranker engine build' where it is, into a cache that is shared");
        }

        return FindTrial(facts, EngineKind.TensorRt) is { } trial ? DescribeTrial(trial, LineState.Note, Use) : DescribeUntried("tensorrt", facts);
    }

    private static DoctorLine DescribeUntried(string engine, MachineFacts facts) => facts.Missing is { Answer: null, Problem: { } problem }
        ? new DoctorLine("engines", LineState.Mend, $"{engine}: looking for its libraries failed: {problem}", "reinstall the library that is named above, or report this with 'reranker doctor --json'")
        : new DoctorLine("engines", LineState.Ok, $"{engine}: nothing is missing; it was not started");

    private static DoctorLine DescribeTrial(Probed<TrialAnswer> trial, LineState otherwise, string next) => trial.Answer is { Problem: null } works
        ? new DoctorLine("engines", LineState.Ok, string.Create(
            CultureInfo.InvariantCulture,
            $"{trial.Name}: works; a small model ({works.Model}) was ready on {works.Device} after {works.Seconds:0.0} s and took {works.TokensPerSecond:0} tokens/s"))
        : new DoctorLine("engines", otherwise, $"{trial.Name}: {trial.Answer?.Problem ?? trial.Problem}",
            trial.Problem?.StartsWith(NoRoom, StringComparison.Ordinal) == true ? "name a folder that this user can write to in TMPDIR" : next);

    /// <summary>An engine's name as <c>--engine</c> takes it.</summary>
    public static string NameEngine(EngineKind kind) => kind.ToString().ToLowerInvariant();

    private static Probed<TrialAnswer>? FindTrial(MachineFacts facts, EngineKind kind) => facts.Trials.FirstOrDefault(t => t.Name == NameEngine(kind));

    private static bool HasProvider(MachineFacts facts, string name)
        => facts.Runtime.Answer?.Providers.Any(p => p.StartsWith(name, StringComparison.OrdinalIgnoreCase)) == true;

    private static string NextOfDriver(MachineFacts facts) => facts.Driver.Answer is null ? NextSteps.MendDriver
        : facts.GpuEnvironment.GetValueOrDefault("CUDA_VISIBLE_DEVICES") is not null ? NextSteps.ShowGpus
        : NextSteps.InstallDriver(facts.System);
}
