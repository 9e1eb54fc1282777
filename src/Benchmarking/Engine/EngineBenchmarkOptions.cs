using System.ComponentModel.DataAnnotations;

namespace Reranker.Benchmarking.Engine;

/// <summary>How an engine is measured.</summary>
public sealed record EngineBenchmarkOptions
{
    /// <summary>Timed repetitions of each shape, of which the median counts. Default 20.</summary>
    [Range(1, 1000)]
    public int Repetitions { get; init; } = 20;

    /// <summary>Repetitions before those. Default 3.</summary>
    [Range(0, 1000)]
    public int WarmUp { get; init; } = 3;

    /// <summary>Shapes to measure. Default empty: <see cref="BenchmarkShape.ListStandard"/>.</summary>
    public IReadOnlyList<BenchmarkShape> Shapes { get; init; } = [];

    /// <summary>Pairs of further ragged batches, beside <see cref="Shapes"/>. Default none.</summary>
    public IReadOnlyList<int> Ragged { get; init; } = [];

    /// <summary>Measures no batch: the report has what the start took, and nothing else. Default false.</summary>
    public bool StartOnly { get; init; }

    /// <summary>Seed of the token ids. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
