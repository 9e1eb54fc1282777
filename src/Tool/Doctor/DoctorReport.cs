using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor;

/// <summary>What a machine can do and why not more.</summary>
/// <param name="Lines">What was found, area by area.</param>
/// <param name="Verdict">A sentence.</param>
/// <param name="Next">The command to run next.</param>
internal sealed record DoctorReport(IReadOnlyList<DoctorLine> Lines, string Verdict, string Next)
{
    /// <summary>True when something stands in the way of the best engine that this machine could have.</summary>
    public bool HasMends => Lines.Any(l => l.State == LineState.Mend);

    /// <summary>Judges a machine.</summary>
    public static DoctorReport FromFacts(MachineFacts facts)
    {
        DoctorLine[] lines =
        [
            .. SystemLines.Describe(facts), .. GpuLines.Describe(facts), .. EngineLines.Describe(facts), .. SystemLines.DescribeSurroundings(facts),
        ];
        var engine = EngineLines.FindBest(facts);
        var mend = lines.FirstOrDefault(l => l.State == LineState.Mend);
        return new DoctorReport(lines, DescribeVerdict(facts, engine, mend), mend?.Next ?? "reranker serve");
    }

    private static string DescribeVerdict(MachineFacts facts, string? engine, DoctorLine? mend) => (engine, mend) switch
    {
        (null, null) => "Nothing is in the way of serving; no engine was started (without --quick the answer is surer).",
        (null, _) when facts.Trials.Count == 0 => "Something is to be mended; no engine was started (without --quick the answer is surer).",
        (null, _) => "Nothing here can serve a model yet.",
        (_, null) => $"Serves on {engine}, the best engine that this machine can have.",
        ("cpu", _) when facts.HasCards => "Serves on cpu, and this machine could do more.",
        _ => $"Serves on {engine}, and something is to be mended.",
    };
}
