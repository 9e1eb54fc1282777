using System.Globalization;
using Reranker.Inference.Diagnosis;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor;

/// <summary>Lines on driver, cards, ONNX Runtime and the libraries of engines.</summary>
internal static class GpuLines
{
    private const double GiB = 1L << 30;
    private const int NewestWithoutTensors = 70;

    /// <summary>All of them.</summary>
    public static IEnumerable<DoctorLine> Describe(MachineFacts facts) =>
        [.. DescribeRuntime(facts), .. DescribeDriver(facts), .. DescribeDevices(facts), .. DescribeLibraries(facts)];

    private static IEnumerable<DoctorLine> DescribeRuntime(MachineFacts facts)
    {
        if (facts.Runtime.Answer is not { } runtime)
        {
            yield return new DoctorLine("runtime", LineState.Mend, $"ONNX Runtime: {facts.Runtime.Problem}",
                "restore and publish this program again; on Debian and Ubuntu it needs libstdc++6");
            yield break;
        }

        yield return new DoctorLine("runtime", LineState.Ok,
            $"ONNX Runtime {runtime.Native}, managed {runtime.Managed}, in {runtime.Folder}; {string.Join(", ", runtime.Providers.Select(Shorten))}");

        static string Shorten(string provider) => provider.Replace("ExecutionProvider", "", StringComparison.Ordinal);
    }

    private static IEnumerable<DoctorLine> DescribeDriver(MachineFacts facts)
    {
        var version = facts.Cards.Answer?.Driver ?? (facts.Driver.Answer is { Devices: [var first, ..] } ? first.Driver : null);
        if (facts.Driver.Answer is { Problem: null } works)
        {
            yield return new DoctorLine("driver", LineState.Ok, $"NVIDIA {version}, for CUDA {works.CudaVersion} and older");
            yield break;
        }

        if (facts.Driver.Answer is not { } answer)
        {
            // An engine that asks would end or hang the same way, with its server.
            yield return new DoctorLine("driver", LineState.Mend, $"the NVIDIA driver was asked, and {facts.Driver.Problem}", NextSteps.MendDriver);
            yield break;
        }

        var problem = answer.Problem;
        var hidden = facts.GpuEnvironment.GetValueOrDefault("CUDA_VISIBLE_DEVICES");
        yield return (facts.HasCards, hidden) switch
        {
            (false, null) => new DoctorLine("driver", LineState.Ok, $"{problem}; the system shows no NVIDIA card either"),
            (false, _) => new DoctorLine("driver", LineState.Ok, $"{problem}; CUDA_VISIBLE_DEVICES is '{hidden}', and the system shows no NVIDIA card either"),
            (_, not null) => new DoctorLine("driver", LineState.Mend,
                $"{problem}; CUDA_VISIBLE_DEVICES is '{hidden}', and the system shows NVIDIA cards: {facts.CardsShown}", NextSteps.ShowGpus),
            _ => new DoctorLine("driver", LineState.Mend, string.Create(
                CultureInfo.InvariantCulture, $"{problem}; the system shows NVIDIA cards: {facts.CardsShown}"), NextSteps.InstallDriver(facts.System)),
        };
    }

    private static IEnumerable<DoctorLine> DescribeDevices(MachineFacts facts)
    {
        foreach (var gpu in facts.Driver.Answer?.Devices ?? [])
        {
            yield return new DoctorLine("gpu", gpu.ComputeCapability < NewestWithoutTensors ? LineState.Note : LineState.Ok, string.Create(
                CultureInfo.InvariantCulture,
                $"{gpu.Ordinal}: {gpu.Name}, compute capability {gpu.ComputeCapability / 10}.{gpu.ComputeCapability % 10}, {gpu.MemoryBytes / GiB:0.0} GiB"));
        }

        foreach (var card in facts.Cards.Answer?.Cards ?? [])
        {
            yield return new DoctorLine("gpu", LineState.Ok, string.Create(
                CultureInfo.InvariantCulture,
                $"card {card.Name}: {card.UsedBytes / GiB:0.0} of {card.TotalBytes / GiB:0.0} GiB in use{DescribeDivision(card)}"));
        }

        if (facts is { HasCards: true, Cards: { Answer: null, Problem: { } problem } })
        {
            yield return new DoctorLine("gpu", LineState.Note, $"nothing is known of memory in use and of MIG: {problem}");
        }
    }

    private static string DescribeDivision(CardAnswer card) => card.IsDivided switch
    {
        true => ", divided into instances (MIG): each that this process may use is a GPU above",
        false => ", not divided (MIG is off)",
        null => "",
    };

    private static IEnumerable<DoctorLine> DescribeLibraries(MachineFacts facts)
    {
        if (facts.Libraries.Count == 0)
        {
            yield return new DoctorLine("libraries", LineState.Ok, "CUDA, cuDNN and TensorRT were not looked for: there is no GPU to use them");
            yield break;
        }

        foreach (var (library, asked) in EngineLibrary.All.Zip(facts.Libraries))
        {
            var found = asked.Answer;
            var name = $"{library.File} of {library.Product}";
            yield return (found, library.IsForCuda) switch
            {
                ({ Path: not null }, _) => new DoctorLine("libraries", LineState.Ok, $"{name}{(found.Version is { } version ? $", version {version}" : "")}: {found.Path}"),
                ({ Problem: var why }, true) => new DoctorLine("libraries", LineState.Mend, $"{name}: {why}", InstallAll(facts, l => l.IsForCuda)),
                ({ Problem: var why }, false) => new DoctorLine("libraries", LineState.Note, $"{name}: {why}; TensorRT alone needs it", InstallAll(facts, l => !l.IsForCuda)),
                (null, var isForCuda) => new DoctorLine("libraries", isForCuda ? LineState.Mend : LineState.Note, $"{name}: {asked.Problem}", $"sudo apt-get install --reinstall {library.Package}"),
            };
        }
    }

    private static string InstallAll(MachineFacts facts, Func<EngineLibrary, bool> isWanted) => NextSteps.InstallLibraries(
        EngineLibrary.All.Where(isWanted).Where(l => facts.Libraries.Any(a => a.Name == l.File && a.Answer?.Path is null)), facts.System);
}
