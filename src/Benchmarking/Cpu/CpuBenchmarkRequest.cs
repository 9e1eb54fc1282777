using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Scoring;

namespace Reranker.Benchmarking.Cpu;

/// <summary>Pairs of random ids with given lengths, in arrival order.</summary>
internal sealed class CpuBenchmarkRequest
{
    // Ids below it are special tokens.
    private const int FirstOrdinaryId = 5;
    private const int MinLength = 4;

    private CpuBenchmarkRequest(string name, int[] lengths, int vocabulary, Random random)
    {
        Name = name;
        Lengths = lengths;
        Offsets = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++)
        {
            Offsets[i + 1] = Offsets[i] + lengths[i];
        }

        Ids = new int[Offsets[^1]];
        for (var i = 0; i < Ids.Length; i++)
        {
            Ids[i] = random.Next(FirstOrdinaryId, vocabulary);
        }
    }

    public string Name { get; }

    public int[] Lengths { get; }

    public int[] Offsets { get; }

    public int[] Ids { get; }

    public static CpuBenchmarkRequest CreateDense(CpuBenchmarkOptions options, int vocabulary, int maxPairTokens)
    {
        var lengths = new int[options.Pairs];
        lengths.AsSpan().Fill(Math.Min(options.DenseLength, maxPairTokens));
        return new CpuBenchmarkRequest("dense", lengths, vocabulary, new Random(options.Seed));
    }

    public static CpuBenchmarkRequest CreateNatural(CpuBenchmarkOptions options, int vocabulary, int maxPairTokens)
    {
        var random = new Random(options.Seed);

        var lengths = NaturalLengths.FromMean(options.MeanLength, MinLength, Math.Min(options.MaxLength, maxPairTokens)).DrawLengths(random, options.Pairs);
        return new CpuBenchmarkRequest("natural", lengths, vocabulary, random);
    }

    public WorkItem ToWork(string identity) => new()
    {
        ModelIdentity = identity,
        Ids = Ids,
        Offsets = Offsets,
        Remaining = TimeSpan.FromMinutes(10),
        RequestId = Guid.NewGuid(),
    };
}
