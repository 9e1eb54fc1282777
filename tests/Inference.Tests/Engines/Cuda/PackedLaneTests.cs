using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Tests.Engines.Gpu;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Cuda;

/// <summary>The lane on the CPU provider, with a packed graph whose attention is written in standard operators.</summary>
[Collection(Captures.OneAtATime)]
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
        => GraphContract.Packed.CheckSession(_session, _graph);

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

    [Fact]
    public void A_batch_for_whose_places_there_is_no_memory_fails_and_the_next_one_is_run()
    {
        using var memory = new StagingMemory(
            (type, capacity) => capacity > 4 * 31 ? throw GpuFaultsTests.RuntimeError("Failed to allocate memory") : Allocate(type, capacity));
        using var lane = new PackedLane(_session, deviceOrdinal: 0, maxPairs: 30, maxTokens: 31, OnnxFaults.TranslateFault, memory: memory);
        var random = new Random(12);
        var ragged = Enumerable.Repeat(1, 21).Append(10).Select(n => LaneCases.Pair(random, n)).ToArray();

        for (var i = 0; i < 20; i++)
        {
            var error = Assert.Throws<EngineException>(() => lane.Stage([.. ragged.Select(p => new ReadOnlyMemory<int>(p))]));
            Assert.Equal(EngineFault.OutOfMemory, error.Fault);
            LaneCases.GiveTheReferencesLogits(lane, _reference, [7], [5, 10, 1, 15]);
        }
    }

    [Fact]
    public void A_lane_that_gets_no_memory_says_that_it_is_missing()
    {
        var taken = 0;
        using var memory = new StagingMemory(
            (type, capacity) => taken++ < 3 ? Allocate(type, capacity) : throw GpuFaultsTests.RuntimeError("Failed to allocate memory"));

        var error = Assert.Throws<EngineException>(
            () => new PackedLane(_session, deviceOrdinal: 0, maxPairs: 30, maxTokens: 31, OnnxFaults.TranslateFault, memory: memory));

        Assert.Equal(EngineFault.OutOfMemory, error.Fault);
    }

    [Fact]
    public void Neither_its_runs_nor_its_end_are_in_a_capture_of_another()
    {
        var lane = Lane(maxPairs: 16, maxTokens: 256);
        var logits = new float[1];

        Captures.Meanwhile(() => lane.Run([new int[] { 0, 5, 2 }], logits), check: () => Assert.Equal(0, logits[0]));
        Captures.Meanwhile(lane.Dispose, check: () => { });

        Assert.Equal(_reference.Score([0, 5, 2]), logits[0], 1e-4);
    }

    private static OrtValue Allocate(TensorElementType type, int capacity)
        => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, [capacity]);

    private PackedLane Lane(int maxPairs, int maxTokens) => new(_session, deviceOrdinal: 0, maxPairs, maxTokens, OnnxFaults.TranslateFault);
}
