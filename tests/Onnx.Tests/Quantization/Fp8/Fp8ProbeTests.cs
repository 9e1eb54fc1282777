using System.Buffers.Binary;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Quantization.Fp8;

/// <summary>
/// The probes of an FP8 model say by how much right runs may differ. The runs are those of the packed graph worked out by its operators'
/// contract, with FP16 between products, as a GPU has it.
/// </summary>
public sealed class Fp8ProbeTests : IDisposable
{
    // A scale attribute as a node has it, up to its four bytes.
    private static readonly byte[] Scale = [0x0A, 0x05, .. "scale"u8, 0x15];

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_model_whose_logits_move_little_with_rounding_keeps_the_usual_tolerance()
    {
        var model = Import(layers: 1, gain: 1);

        Assert.All(model.Manifest.Probes, probe => Assert.Null(probe.Tolerance));
        Check(model);
    }

    [Fact]
    public void A_model_whose_logits_move_far_is_not_refused_for_it()
    {
        var model = Import(layers: 6, gain: 4);

        Assert.All(model.Manifest.Probes, probe => Assert.InRange(probe.Tolerance!.Value, 2 * ModelPrecision.Fp8.LogitTolerance, 8));
        Check(model);
    }

    [Theory]
    [InlineData(1, 1, 4)]
    [InlineData(6, 4, 4)]
    [InlineData(6, 4, 0.25f)]
    public void A_product_with_another_scale_is_refused(int layers, int gain, float factor)
    {
        var model = Import(layers, gain);
        var path = model.FindGraphPath("packed")!;
        var graph = File.ReadAllBytes(path);
        var at = graph.AsSpan().IndexOf(Scale) + Scale.Length;
        BinaryPrimitives.WriteSingleLittleEndian(graph.AsSpan(at), factor * BinaryPrimitives.ReadSingleLittleEndian(graph.AsSpan(at)));
        File.WriteAllBytes(path, graph);

        Assert.Throws<ModelFolderException>(() => Check(model));
    }

    private static void Check(ModelFolder model)
    {
        using var lane = new ContractLane(new PackedEvaluator(model.FindGraphPath("packed")!));
        ProbeCheck.CheckProbes(lane, model.Manifest, "packed.onnx", model.Manifest.MaxPairTokens);
    }

    // The gain is the classifier's: what rounding does to the encoder is seen through it.
    private ModelFolder Import(int layers, int gain)
    {
        var shape = TinyCheckpoints.Shape(layers, heads: 2, headSize: 32, feedForward: 96, vocabulary: 270, positions: 80);
        ModernCheckpoints.Write(_temp["checkpoint"], shape, seed: 5);
        CheckpointEdit.Rewrite(Path.Combine(_temp["checkpoint"], "model.safetensors"), tensors => tensors["classifier.weight"] = Array.ConvertAll(tensors["classifier.weight"], v => v * gain));
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp8 }, null, TestContext.Current.CancellationToken);
        return ModelFolder.Open(_temp["model"]);
    }

    private sealed class ContractLane(PackedEvaluator graph) : IEngineLane
    {
        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            var scores = graph.Score([.. pairs.ToArray().Select(p => p.ToArray())]);
            for (var i = 0; i < scores.Length; i++)
            {
                logits[i] = (float)scores[i];
            }
        }

        public void Dispose()
        {
        }
    }
}
