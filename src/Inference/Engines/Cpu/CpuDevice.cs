using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>What the processor calls itself.</summary>
internal static class CpuDevice
{
    private const string CpuInfo = "/proc/cpuinfo";

    public static string Name { get; } = ReadName();

    private static string ReadName()
    {
        var model = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return model?.Split(':', 2) is [_, var name] ? name.Trim() : $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
