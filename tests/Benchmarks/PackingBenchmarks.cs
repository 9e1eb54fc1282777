using BenchmarkDotNet.Attributes;
using Reranker.Grains.Wire;
using Reranker.Workers;

namespace Reranker.Benchmarks;

/// <summary>Token ids to the bytes of a message, and back to joined pairs on the worker's side.</summary>
public class PackingBenchmarks
{
    private const byte BytesPerId = 4;

    private readonly int[][] _passages = [.. Enumerable.Range(0, 100).Select(static i => Enumerable.Range(4, 64 + i).ToArray())];
    private readonly int[] _chosen = [.. Enumerable.Range(0, 100)];
    private ScoreRequest _request = null!;

    [GlobalSetup]
    public void PackRequest()
    {
        var packed = PairPacking.PackIds(_passages, _chosen, BytesPerId, out var lengths);
        _request = new ScoreRequest
        {
            ModelIdentity = "model",
            QueryIds = PairPacking.PackIds([.. Enumerable.Range(4, 12)], BytesPerId),
            PassageIds = packed,
            PassageLengths = lengths,
            BytesPerId = BytesPerId,
            RemainingMilliseconds = 1_000,
            RequestId = Guid.Empty,
        };
    }

    [Benchmark(Description = "pack 100 passages of 64 to 163 tokens")]
    public int Pack() => PairPacking.PackIds(_passages, _chosen, BytesPerId, out _).Length;

    [Benchmark(Description = "unpack them to pairs")]
    public int Unpack() => PairPacking.TryUnpack(_request, out var ids, out _, out _) ? ids.Length : throw new InvalidOperationException("It was not packed rightly.");
}
