using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.TensorRt;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.TensorRt;

/// <summary>The lane on the CPU provider: the graph is the one that TensorRT gets.</summary>
public sealed class PaddedLaneTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly InferenceSession _session;
    private readonly ReferenceModel _reference;
    private readonly ShapeProfile _profile = new ShapeProfile { OptRows = 4, OptLength = 16, MaxRows = 4, MaxLength = 64 }.For(30);

    public PaddedLaneTests()
    {
        _session = new InferenceSession(TinyModels.Import(_temp).GraphPath("padded"));
        _reference = new ReferenceModel(TinyModels.Checkpoint(_temp));
    }

    public void Dispose()
    {
        _session.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Padded_batches_get_the_reference_s_logits()
    {
        using var lane = Lane();
        var random = new Random(21);
        foreach (var lengths in new int[][] { [1], [9], [30, 2, 17], [3, 3, 3, 8] })
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
        using var lane = Lane();
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

    [Theory]
    [InlineData(5, 8)]
    [InlineData(1, 33)]
    public void A_shape_outside_of_the_profile_never_reaches_the_session(int rows, int length)
    {
        using var lane = Lane();
        var pairs = Enumerable.Repeat(new ReadOnlyMemory<int>(new int[length]), rows).ToArray();

        var error = Assert.Throws<EngineException>(() => lane.Run(pairs, new float[rows]));

        Assert.Equal(EngineFault.Batch, error.Fault);
        Assert.Contains("outside of the engine's profile 1x8 4x16 4x32", error.Message, StringComparison.Ordinal);
    }

    private PaddedLane Lane() => new(
        _session, deviceOrdinal: 0, _profile, GraphContract.Padded.Check(_session, "padded.onnx"), OnnxSessions.Fault);

    private static int[] Pair(Random random, int length) => [.. Enumerable.Range(0, length).Select(i => i == 0 ? 0 : random.Next(2, 60))];
}
