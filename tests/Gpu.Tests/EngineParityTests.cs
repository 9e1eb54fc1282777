using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Gpu.Tests;

/// <summary>Both GPU engines against the forward pass in double precision; skipped with the engine's own reason where it does not work.</summary>
public sealed class EngineParityTests : IDisposable
{
    // Heads of 32, which the fused attention kernels take.
    private static readonly ModelShape Shape =
        TinyCheckpoints.Shape(layers: 2, heads: 4, headSize: 32, feedForward: 256, vocabulary: 500, positions: 258);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(EngineKind.Cuda, "fp32")]
    [InlineData(EngineKind.Cuda, "fp16")]
    [InlineData(EngineKind.Cuda, "fp8")]
    [InlineData(EngineKind.TensorRt, "fp16")]
    public void Logits_are_the_reference_s_whoever_shares_the_batch(EngineKind kind, string precision)
    {
        using var engine = LoadOrSkip(kind, precision);
        using var lane = engine.CreateLane();
        var reference = new ReferenceModel(_temp["checkpoint"]);
        var tolerance = ModelPrecision.Parse(precision).LogitTolerance;
        var random = new Random(31);
        foreach (var lengths in new int[][] { [1], [256], [7, 100, 1, 33], [.. Enumerable.Range(1, 40)] })
        {
            var pairs = lengths.Select(n => Pair(random, n)).ToArray();
            var together = new float[pairs.Length];
            var alone = new float[1];

            lane.Run([.. pairs.Select(p => new ReadOnlyMemory<int>(p))], together);

            for (var i = 0; i < pairs.Length; i++)
            {
                lane.Run([pairs[i]], alone);
                Assert.Equal(reference.Score(pairs[i]), together[i], tolerance);
                Assert.Equal(together[i], alone[0], tolerance);
            }
        }
    }

    private IInferenceEngine LoadOrSkip(EngineKind kind, string precision)
    {
        TinyCheckpoints.Write(_temp["checkpoint"], Shape, seed: 17);
        var import = new ImportOptions { Precision = ModelPrecision.Parse(precision), Name = "tiny" };
        CheckpointImporter.ImportAsync(_temp["checkpoint"], _temp["model"], import, null, CancellationToken.None).GetAwaiter().GetResult();
        var options = new EngineOptions { Engine = kind, TensorRt = new TensorRtOptions { EngineCache = _temp["engines"] }, Cuda = new CudaOptions { MeasurementCache = _temp["cuda"] } };
        try
        {
            return EngineFactory.CreateDefault(NullLoggerFactory.Instance).Load(ModelFolder.Open(_temp["model"]), options);
        }
        catch (EngineUnavailableException e)
        {
            Assert.Skip(e.Reason);
            throw;
        }
    }

    private static int[] Pair(Random random, int length)
        => [.. Enumerable.Range(0, length).Select(i => i == 0 ? 0 : random.Next(2, Shape.Vocabulary))];
}
