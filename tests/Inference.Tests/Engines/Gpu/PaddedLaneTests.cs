using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Gpu;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Gpu;

/// <summary>The lane on the CPU provider: the graph is the one that TensorRT gets.</summary>
[Collection(Captures.OneAtATime)]
public sealed class PaddedLaneTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly InferenceSession _session;
    private readonly ReferenceModel _reference;
    private readonly ShapeProfile _profile = new ShapeProfile { OptRows = 4, OptLength = 16, MaxRows = 4, MaxLength = 64 }.FitTo(30);

    public PaddedLaneTests()
    {
        _session = new InferenceSession(TinyModels.Import(_temp).FindGraphPath("padded"));
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
        LaneCases.GiveTheReferencesLogits(lane, _reference, [1], [9], [30, 2, 17], [3, 3, 3, 8]);
    }

    [Fact]
    public void What_was_staged_last_is_run_and_a_plain_run_forgets_it()
    {
        using var lane = Lane();
        LaneCases.RunWhatWasStagedLast(lane, _reference);
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

    [Fact]
    public void Neither_its_runs_nor_its_end_are_in_a_capture_of_another()
    {
        var lane = Lane();
        var logits = new float[1];

        Captures.Meanwhile(() => lane.Run([new int[] { 0, 5, 2 }], logits), check: () => Assert.Equal(0, logits[0]));
        Captures.Meanwhile(lane.Dispose, check: () => { });

        Assert.Equal(_reference.Score([0, 5, 2]), logits[0], 1e-4);
    }

    private PaddedLane Lane() => new(
        _session, deviceOrdinal: 0, _profile, GraphContract.Padded.CheckSession(_session, "padded.onnx"), OnnxFaults.TranslateFault);
}
