using System.CommandLine;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker bench</c>: measures engines and workers on this machine.</summary>
internal static class BenchCommand
{
    public static Command CreateCommand() => new("bench", "Measure engines and workers on this machine.") { BenchCpuCommand.CreateCommand(), BenchGpuCommand.CreateCommand(), BenchLoadCommand.CreateCommand() };
}
