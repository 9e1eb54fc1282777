using System.Globalization;
using System.Text;

namespace Reranker.Benchmarking.Cpu;

/// <summary>What the CPU benchmark measured.</summary>
public sealed record CpuBenchmarkReport
{
    /// <summary>The processor.</summary>
    public required string Device { get; init; }

    /// <summary>The runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>Threads of every contestant.</summary>
    public required int Threads { get; init; }

    /// <summary>The measurements.</summary>
    public required IReadOnlyList<CpuBenchmarkRow> Rows { get; init; }

    /// <summary>INT8 over FP32 on the dense request through the worker; null when one of them was not measured.</summary>
    public double? Int8OverFp32 { get; init; }

    /// <summary>The worker over one padded batch, both on the same graph and the natural lengths.</summary>
    public double WorkerOverPaddedBatch { get; init; }

    /// <summary>The worker over the peer's best batch size, both on the natural lengths, the worker with the last model; null without a peer.</summary>
    public double? WorkerOverPeer { get; init; }

    /// <summary>The report as a table of plain text.</summary>
    public string FormatTable()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Device}, {Threads} threads, {Runtime}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"request",-10}{"path",-14}{"precision",-11}{"tokens",8}{"ms",10}{"pairs/s",10}");
        foreach (var r in Rows)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{r.Request,-10}{r.Path,-14}{r.Precision,-11}{r.Tokens,8}{r.Milliseconds,10:F1}{r.PairsPerSecond,10:F1}");
        }

        if (Int8OverFp32 is { } ratio)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"INT8 over FP32, dense:                     {ratio:F2}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"worker over one padded batch, natural:     {WorkerOverPaddedBatch:F2}");
        if (WorkerOverPeer is { } peer)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"worker over the peer's best, natural:      {peer:F2}");
        }

        return text.ToString();
    }
}

/// <summary>One measurement.</summary>
/// <param name="Request"><c>dense</c> or <c>natural</c> lengths.</param>
/// <param name="Path"><c>worker</c>, or <c>padded batch</c>: one run of all pairs, padded to the longest, in arrival order; or <c>sorted by N</c>: batches of N pairs, sorted by length.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Precision">Its precision.</param>
/// <param name="Tokens">Tokens of the request, padding not counted.</param>
/// <param name="Milliseconds">Median time of the request.</param>
/// <param name="PairsPerSecond">Pairs a second.</param>
public sealed record CpuBenchmarkRow(
    string Request, string Path, string Model, string Precision, int Tokens, double Milliseconds, double PairsPerSecond);
