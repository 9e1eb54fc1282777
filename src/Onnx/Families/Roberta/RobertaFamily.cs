using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Roberta;

/// <summary>
/// <c>RobertaForSequenceClassification</c>: XLM-RoBERTa's encoder, weight by weight, with byte-level BPE and one label or two.
/// </summary>
internal sealed class RobertaFamily : IModelFamily
{
    private const string DisplayName = "RoBERTa";

    public string Name => "roberta";

    public string Architecture => "RobertaForSequenceClassification";

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var reader = new ConfigReader(path, config);
        reader.RequireText("hidden_act", "gelu");
        reader.RequireText("position_embedding_type", "absolute");
        reader.RequireEncoder();
        reader.RequireInteger("pad_token_id", PairLayout.PadId, DisplayName);
        reader.RequireInteger("type_vocab_size", 1, DisplayName);
        var labels = LabelHead.Read(reader);
        var shape = reader.ReadShape(ModelShape.UsualFirstPosition, epsilon: 1e-5);
        return new FamilyShape(
            shape,
            [
                .. XlmRobertaTensors.ListAll(shape).Where(t => !t.Name.StartsWith(XlmRobertaTensors.HeadOutput, StringComparison.Ordinal))
                    .Select(t => TensorSource.Create(t.Name, t.Shape)),
                .. labels.ListTensors(XlmRobertaTensors.HeadOutput, XlmRobertaTensors.HeadOutput, shape.Hidden),
            ]);
    }

    public bool IsUnused(string tensor) => XlmRobertaTensors.IsUnused(tensor) || tensor.StartsWith("lm_head.", StringComparison.Ordinal);

    public TokenizerFiles CheckTokenizer(string root, ModelShape shape) => CheckpointTokenizer.Read(root, shape, BytePairFiles.Create);
}
