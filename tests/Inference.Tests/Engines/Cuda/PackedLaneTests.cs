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
        LaneCases.GiveTheReferencesLogits(lane, _reference, [1], [7], [5, 32, 1, 16], [32, 32, 32], [2, 1, 1, 1, 1, 1, 1, 30]);
    }

    [Fact]
    public void What_was_staged_last_is_run_and_a_plain_run_forgets_it()
    {
        using var lane = Lane(maxPairs: 16, maxTokens: 256);
        LaneCases.RunWhatWasStagedLast(lane, _reference);
    }

    [Fact]
    public void A_batch_with_more_padding_than_the_lane_expects_is_run_all_the_same()
    {
        // 31 tokens reserve 124 cells of the rectangle; this batch has 22 × 10.
        using var lane = Lane(maxPairs: 30, maxTokens: 31);
        var random = new Random(12);
        var pairs = Enumerable.Repeat(1, 21).Append(10).Select(n => LaneCases.Pair(random, n)).ToArray();

        Assert.All(LaneCases.Score(lane, pairs).Zip(pairs), p => Assert.Equal(_reference.Score(p.Second), p.First, 1e-4));
    }

    [Fact]
    public void A_batch_over_the_lane_s_buffers_is_refused()
    {
        using var lane = Lane(maxPairs: 2, maxTokens: 10);
        var random = new Random(13);

        var tooMany = Assert.Throws<EngineException>(() => LaneCases.Score(lane, LaneCases.Pair(random, 1), LaneCases.Pair(random, 1), LaneCases.Pair(random, 1)));
        var tooLong = Assert.Throws<EngineException>(() => LaneCases.Score(lane, LaneCases.Pair(random, 11)));

        Assert.Equal((EngineFault.Batch, EngineFault.Batch), (tooMany.Fault, tooLong.Fault));
        Assert.Single(LaneCases.Score(lane, LaneCases.Pair(random, 10)));
    }

    private PackedLane Lane(int maxPairs, int maxTokens) => new(_session, deviceOrdinal: 0, maxPairs, maxTokens, OnnxSessions.Fault);
}
