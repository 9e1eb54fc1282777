using System.Globalization;

namespace Reranker.Chart.Drills;

/// <summary>Finds what a program has started, which starts another in its turn.</summary>
internal static class ProcessTree
{
    /// <summary>The last of a chain of processes that have one child each: Bubblewrap stays above what it runs.</summary>
    public static int FindLast(int process)
    {
        while (ReadChildren(process) is [var child])
        {
            process = int.Parse(child, CultureInfo.InvariantCulture);
        }

        return process;
    }

    private static string[] ReadChildren(int process)
        => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
