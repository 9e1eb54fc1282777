using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Onnx;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Cuda;

/// <summary>The lane on the CPU provider, with a packed graph whose attention is written in standard operators.</summary>
public sealed class PackedLaneTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly InferenceSession _session;
    private readonly ReferenceModel _reference;
    private readonly string _graph;

    public PackedLaneTests()
    {
        TinyModels.Import(_temp, shape: TinyCheckpoints.Shape(layers: 3, heads: 3, headSize: 4));
        _graph = PackedOnCpu.Write(TinyModels.Checkpoint(_temp), _temp["model"]);
        _session = new InferenceSession(_graph);
        _reference = new ReferenceModel(TinyModels.Checkpoint(_temp));
    }

    public void Dispose()
    {
        _session.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void The_packed_graph_has_the_inputs_that_the_lane_gives()
        => GraphContract.Packed.Check(_session, _graph);

    [Fact]
    public void Packed_batches_get_the_reference_s_logits()
    {
        using var lane = Lane(maxPairs: 16, maxTokens: 256);
        var random = new Random(11);
        foreach (var lengths in new int[][] { [1], [7], [5, 32, 1, 16], [32, 32, 32], [2, 1, 1, 1, 1, 1, 1, 30] })
        {
            var pairs = lengths.Select(n => Pair(random, n)).ToArray();
            var logits = new float[pairs.Length];

            lane.Run([.. pairs.Select(p => new ReadOnlyMemory<int>(p))], logits);

            Assert.All(pairs.Zip(logits), p => Assert.Equal(_reference.Score(p.First), p.Second, 1e-4));
        }
    }

    [Fact]
    public void What_was_staged_last_is_run_and_a_plain_run_forgets_it()
    {
        using var lane = Lane(maxPairs: 16, maxTokens: 256);
        var random = new Random(31);
        ReadOnlyMemory<int>[] forgotten = [Pair(random, 12), Pair(random, 3), Pair(random, 3)];
        ReadOnlyMemory<int>[] staged = [Pair(random, 5), Pair(random, 9)];
        var logits = new float[2];

        lane.Stage(forgotten);
        lane.Stage(staged);
        lane.RunStaged(logits);
        Assert.All(staged.Zip(logits), p => Assert.Equal(_reference.Score(p.First.ToArray()), p.Second, 1e-4));

        lane.Stage(forgotten);
        lane.Run(staged.AsSpan(1), logits);
        Assert.Equal(_reference.Score(staged[1].ToArray()), logits[0], 1e-4);
    }

    [Fact]
    public void A_batch_with_more_padding_than_the_lane_expects_is_run_all_the_same()
    {
        // 31 tokens reserve 124 cells of the rectangle; this batch has 22 × 10.
        using var lane = Lane(maxPairs: 30, maxTokens: 31);
        var random = new Random(12);
        var pairs = Enumerable.Repeat(1, 21).Append(10).Select(n => Pair(random, n)).ToArray();

        Assert.All(Score(lane, pairs).Zip(pairs), p => Assert.Equal(_reference.Score(p.Second), p.First, 1e-4));
    }

    [Fact]
    public void A_batch_over_the_lane_s_buffers_is_refused()
    {
        using var lane = Lane(maxPairs: 2, maxTokens: 10);
        var random = new Random(13);

        var tooMany = Assert.Throws<EngineException>(() => Score(lane, Pair(random, 1), Pair(random, 1), Pair(random, 1)));
        var tooLong = Assert.Throws<EngineException>(() => Score(lane, Pair(random, 11)));

        Assert.Equal((EngineFault.Batch, EngineFault.Batch), (tooMany.Fault, tooLong.Fault));
        Assert.Single(Score(lane, Pair(random, 10)));
    }

    private PackedLane Lane(int maxPairs, int maxTokens) => new(_session, deviceOrdinal: 0, maxPairs, maxTokens, OnnxSessions.Fault);

    private static float[] Score(PackedLane lane, params int[][] pairs)
    {
        var logits = new float[pairs.Length];
        lane.Run([.. pairs.Select(p => new ReadOnlyMemory<int>(p))], logits);
        return logits;
    }

    private static int[] Pair(Random random, int length) => [.. Enumerable.Range(0, length).Select(i => i == 0 ? 0 : random.Next(2, 60))];
}
