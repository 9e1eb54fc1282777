using System.Globalization;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor;

/// <summary>Lines on what every engine needs: system, processor, memory, ports, limits, clock, folders.</summary>
internal static class SystemLines
{
    private const long LittleMemory = 1L << 30;
    private const long LittleDisk = 4L << 30;
    private const long FewFiles = 4096;
    private const double GiB = 1L << 30;

    /// <summary>System, processor, memory.</summary>
    public static IEnumerable<DoctorLine> Describe(MachineFacts facts)
    {
        var (system, cpu, memory) = (facts.System, facts.Processor, facts.Memory);
        yield return new DoctorLine("system", LineState.Ok,
            $"reranker {system.Version}, {system.Os}{(system.Distribution is { } id ? $" ({id})" : "")}, {system.Platform}, {system.Runtime}{(system.IsContainer ? ", in a container" : "")}");
        var limit = cpu.Quota is { } quota ? string.Create(CultureInfo.InvariantCulture, $", the control group allows {quota:0.##}") : "";
        yield return new DoctorLine("processor", LineState.Ok, string.Create(
            CultureInfo.InvariantCulture, $"{cpu.Name}: {cpu.Processors} processors, {cpu.Usable} for this process{limit}"));
        yield return DescribeFeatures(cpu, system.Platform);
        var room = Math.Min(memory.Available, memory.Limit ?? long.MaxValue);
        yield return new DoctorLine(
            "memory",
            room < LittleMemory ? LineState.Note : LineState.Ok,
            string.Create(CultureInfo.InvariantCulture, $"{memory.Total / GiB:0.0} GiB, {memory.Available / GiB:0.0} GiB available{(memory.Limit is { } most ? $", the control group allows {most / GiB:0.0} GiB" : "")}"),
            room < LittleMemory ? "the bundled model fits; bge-reranker-v2-m3 wants 2 GiB in int8" : null);
    }

    /// <summary>Ports, limits, clock, folders.</summary>
    public static IEnumerable<DoctorLine> DescribeSurroundings(MachineFacts facts)
    {
        foreach (var port in facts.Ports)
        {
            yield return new DoctorLine("ports", port.IsFree ? LineState.Ok : LineState.Note,
                string.Create(CultureInfo.InvariantCulture, $"{port.Port} ({port.User}) {(port.IsFree ? "is free" : "is taken")}"),
                port.IsFree ? null : "it may be a server of yours; --urls, or Reranker:Cluster:SiloPort and GatewayPort, name another");
        }

        var files = facts.Limits.OpenFiles;
        yield return new DoctorLine("limits", files < FewFiles ? LineState.Note : LineState.Ok,
            string.Create(CultureInfo.InvariantCulture, $"open files {Describe(files)}, locked memory {Describe(facts.Limits.LockedMemory)}{(facts.Limits.LockedMemory is null ? "" : " bytes")}"),
            files < FewFiles ? "a connection is an open file: 'ulimit -n 65536', or LimitNOFILE of the service" : null);
        yield return DescribeClock(facts);
        foreach (var folder in facts.Folders)
        {
            yield return DescribeFolder(folder);
        }

        static string Describe(long? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "without limit";
    }

    // Without integer instructions of four products at once INT8 is no faster than FP32, and may saturate.
    private static DoctorLine DescribeFeatures(ProcessorFacts cpu, string platform)
    {
        var list = cpu.Features.Count == 0 ? "none of those that are looked for" : string.Join(", ", cpu.Features);
        var isFast = cpu.Features.Any(f => f is "avx512_vnni" or "avx_vnni" or "amx_int8" or "asimddp" or "i8mm");
        var isSlow = platform.EndsWith("-x64", StringComparison.Ordinal) && !cpu.Features.Contains("avx2");
        return new DoctorLine("processor", isFast ? LineState.Ok : LineState.Note, $"instructions: {list}",
            isFast ? null
            : isSlow ? "without avx2 every precision is slow here"
            : "no integer products (VNNI, AMX, dot products): int8 gains little here; compare with 'reranker bench cpu'");
    }

    private static DoctorLine DescribeClock(MachineFacts facts) => facts.Clock switch
    {
        { Answer: { IsSynchronized: true } clock } => new DoctorLine(
            "clock", LineState.Ok, string.Create(CultureInfo.InvariantCulture, $"is synchronized, within {clock.MaxErrorMilliseconds:0} ms")),
        { Answer: not null } => new DoctorLine(
            "clock", LineState.Note, "the kernel does not take it for synchronized",
            "silos tolerate 5 s: 'apt-get install chrony', on the host where this is a container"),
        _ => new DoctorLine("clock", LineState.Note, $"nothing is known: {facts.Clock.Problem}"),
    };

    private static DoctorLine DescribeFolder(FolderFacts folder) => folder is { Problem: { } lack, Without: { } without }
        ? new DoctorLine("folders", LineState.Note, $"{folder.Use}: {folder.Path}: {lack}", without)
        : folder.Problem is { } problem
        ? new DoctorLine("folders", LineState.Mend, $"{folder.Use}: {folder.Path}: {problem}", folder.Path.Length == 0
            ? "set that variable right, or unset it"
            : "give this user the folder, or name another with XDG_CACHE_HOME and HF_HOME (temporary files: TMPDIR)")
        : new DoctorLine(
            "folders",
            folder.FreeBytes < LittleDisk ? LineState.Note : LineState.Ok,
            string.Create(CultureInfo.InvariantCulture, $"{folder.Use}: {folder.Path}, {folder.FreeBytes / GiB:0.0} GiB free"),
            folder.FreeBytes < LittleDisk ? "bge-reranker-v2-m3 takes 2.3 GB as a checkpoint and up to 1.5 GB as a model" : null);
}
