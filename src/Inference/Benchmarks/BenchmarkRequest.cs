using Reranker.Inference.Scoring;

namespace Reranker.Inference.Benchmarks;

/// <summary>Pairs of random ids with given lengths, in arrival order.</summary>
internal sealed class BenchmarkRequest
{
    // Ids below it are special tokens.
    private const int FirstOrdinaryId = 5;

    // Spread of passage lengths on the web and in knowledge bases: most are around the mean, a few reach the cap.
    private const double Sigma = 0.7;

    private BenchmarkRequest(string name, int[] lengths, int vocabulary, Random random)
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

    public static BenchmarkRequest Dense(CpuBenchmarkOptions options, int vocabulary, int maxPairTokens)
    {
        var lengths = new int[options.Pairs];
        lengths.AsSpan().Fill(Math.Min(options.DenseLength, maxPairTokens));
        return new BenchmarkRequest("dense", lengths, vocabulary, new Random(options.Seed));
    }

    public static BenchmarkRequest Natural(CpuBenchmarkOptions options, int vocabulary, int maxPairTokens)
    {
        var random = new Random(options.Seed);

        // The mean of a log-normal is exp(mu + sigma²/2).
        var mu = Math.Log(options.MeanLength) - (Sigma * Sigma / 2);
        var cap = Math.Min(options.MaxLength, maxPairTokens);
        var lengths = new int[options.Pairs];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = Math.Clamp((int)Math.Exp(mu + (Sigma * Normal(random))), 4, cap);
        }

        return new BenchmarkRequest("natural", lengths, vocabulary, random);
    }

    public ScoreWork ToWork(string identity) => new()
    {
        ModelIdentity = identity,
        Ids = Ids,
        Offsets = Offsets,
        Remaining = TimeSpan.FromMinutes(10),
        RequestId = Guid.NewGuid(),
    };

    // Box-Muller.
    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
