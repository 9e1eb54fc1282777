using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Reranker.Tool.Doctor.Facts;

/// <summary>Reads what the processor is and how much of it and of the memory this process may use.</summary>
internal static class ProcessorReader
{
    private const double UsualPeriod = 100_000;

    // In the order in which they came, which is the order in which they make INT8 faster.
    private static readonly string[] Known =
        ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16", "asimddp", "i8mm", "sve", "bf16"];

    // Of the second and of the first kind of control groups.
    private static readonly string[] MemoryLimits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    /// <summary>Those of this process.</summary>
    public static ProcessorFacts Read()
    {
        var info = ReadText("/proc/cpuinfo");
        return Parse(info, FindQuota(path => ReadText(path)), Environment.ProcessorCount) is { Name.Length: > 0 } facts
            ? facts
            : new ProcessorFacts($"{RuntimeInformation.ProcessArchitecture} processor", Environment.ProcessorCount, Environment.ProcessorCount, null, ListIntrinsics());
    }

    /// <summary>Those of a <c>cpuinfo</c>.</summary>
    internal static ProcessorFacts Parse(string info, double? quota, int usable)
    {
        var lines = info.Split('\n').Select(l => l.Split(':', 2)).Where(p => p.Length == 2).Select(p => (Name: p[0].Trim(), Value: p[1].Trim())).ToList();
        var flags = lines.FirstOrDefault(l => l.Name is "flags" or "Features").Value?.Split(' ').ToHashSet() ?? [];
        var processors = lines.Count(l => l.Name == "processor");
        var name = lines.FirstOrDefault(l => l.Name == "model name").Value
            ?? (processors > 0 ? $"{RuntimeInformation.ProcessArchitecture} processor" : "");
        return new ProcessorFacts(name, processors, usable, quota, [.. Known.Where(flags.Contains)]);
    }

    /// <summary>Processors that the control group allows; null for all.</summary>
    internal static double? FindQuota(Func<string, string> read)
    {
        if (read("/sys/fs/cgroup/cpu.max").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var text, var period]
            && double.TryParse(text, CultureInfo.InvariantCulture, out var quota)
            && double.TryParse(period, CultureInfo.InvariantCulture, out var of))
        {
            return quota / of;
        }

        return double.TryParse(read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), CultureInfo.InvariantCulture, out var old) && old > 0 ? old / UsualPeriod : null;
    }

    /// <summary>Memory of the machine, and the control group's limit.</summary>
    public static MemoryFacts ReadMemory() => ParseMemory(ReadText("/proc/meminfo"), path => ReadText(path), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>That of a <c>meminfo</c>.</summary>
    internal static MemoryFacts ParseMemory(string info, Func<string, string> read, long otherwise)
    {
        long? Find(string name) => info.Split('\n').FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.Ordinal))
            ?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kib, ..] ? long.Parse(kib, CultureInfo.InvariantCulture) * 1024 : null;
        var total = Find("MemTotal") ?? otherwise;
        var limit = MemoryLimits
            .Select(path => long.TryParse(read(path), CultureInfo.InvariantCulture, out var bytes) && bytes < total ? bytes : (long?)null)
            .FirstOrDefault(bytes => bytes is not null);
        return new MemoryFacts(total, Find("MemAvailable") ?? otherwise, limit);
    }

    private static string[] ListIntrinsics()
    {
        (bool Has, string Name)[] known =
        [
            (Avx2.IsSupported, "avx2"), (Avx512F.IsSupported, "avx512f"), (AvxVnni.IsSupported, "avx_vnni"), (Dp.IsSupported, "asimddp"),
        ];
        return [.. known.Where(k => k.Has).Select(k => k.Name)];
    }

    // A file of the system that is not there says nothing.
    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
