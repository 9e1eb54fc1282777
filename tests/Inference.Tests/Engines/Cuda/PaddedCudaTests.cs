using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Tests.Engines.Gpu;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Cuda;

/// <summary>Models without a packed graph on CUDA. The CPU provider stands for CUDA's.</summary>
[Collection(Captures.OneAtATime)]
public sealed class PaddedCudaTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Batches_of_padded_rows_get_the_reference_s_logits_within_the_limits_of_the_options()
    {
        var model = TinyModels.Import(_temp);
        using var engine = new PaddedCudaLoader(
            new FakeDriver(), TimeProvider.System, NullLogger.Instance, graph => new InferenceSession(graph)).Load(new EngineRequest(model, new EngineOptions
            {
                Engine = EngineKind.Cuda,
                CalibrationTime = TimeSpan.Zero,
                Cuda = new CudaOptions { MaxBatchTokens = 128, MaxBatchPairs = 9 },
            }));
        using var lane = engine.CreateLane();

        Assert.Equal("CUDA", engine.Description.ExecutionProvider);
        Assert.Equal(128, engine.Description.MaxBatchTokens);
        Assert.Equal(9, engine.Description.MaxBatchPairs);
        Assert.Equal(1, engine.Description.Lanes);
        LaneCases.GiveTheReferencesLogits(lane, new ReferenceModel(TinyModels.Checkpoint(_temp)), [1], [9], [30, 2, 17], [3, 3, 3, 8]);
    }

    [Theory]
    [InlineData("fp16", false, "padded", true)]
    [InlineData("fp32", false, "padded", true)]
    [InlineData("fp16", false, "packed", false)]
    [InlineData("int8", true, "padded", false)]
    [InlineData("int8-qdq", false, "padded", false)]
    public void Only_what_has_no_other_form_and_no_quantization_is_run_so(string precision, bool onePairPerRun, string form, bool expected)
    {
        var manifest = TinyModels.Import(_temp).Manifest with
        {
            Precision = precision,
            OnePairPerRun = onePairPerRun,
            Graphs = new Dictionary<string, string> { ["padded"] = "padded.onnx", [form] = $"{form}.onnx" },
        };

        Assert.Equal(expected, PaddedCudaModels.Holds(manifest));
        Assert.Equal(
            expected ? [EngineKind.TensorRt, EngineKind.Cuda, EngineKind.Cpu] : EngineCandidates.ListKinds(precision), EngineCandidates.ListKinds(manifest));
    }
}
