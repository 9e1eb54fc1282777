using System.ComponentModel.DataAnnotations;

namespace Reranker.Benchmarking.Cpu;

/// <summary>What the CPU benchmark runs.</summary>
public sealed record CpuBenchmarkOptions
{
    /// <summary>Threads of every contestant. Default 2.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = 2;

    /// <summary>Pairs of a request. Default 100.</summary>
    [Range(1, 10_000)]
    public int Pairs { get; init; } = 100;

    /// <summary>Tokens of each pair of the dense request. Default 128.</summary>
    [Range(4, 8192)]
    public int DenseLength { get; init; } = 128;

    /// <summary>Mean tokens of the natural lengths, which are log-normal. Default 135.</summary>
    [Range(4, 8192)]
    public int MeanLength { get; init; } = 135;

    /// <summary>Most tokens of the natural lengths. Default 512.</summary>
    [Range(4, 8192)]
    public int MaxLength { get; init; } = 512;

    /// <summary>
    /// A graph of somebody else's making, of the same inputs, that is measured too: natural lengths, sorted, in padded batches. Null (default): none.
    /// </summary>
    public string? PeerGraph { get; init; }

    /// <summary>Repetitions; the median counts, after one that does not. Default 3.</summary>
    [Range(1, 100)]
    public int Repetitions { get; init; } = 3;

    /// <summary>Seed of lengths and ids. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
