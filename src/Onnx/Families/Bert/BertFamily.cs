using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Bert;

/// <summary>
/// <c>BertForSequenceClassification</c>: ms-marco-MiniLM and its kin. It is XLM-RoBERTa's encoder with positions from 0 and two
/// segments; its pooler and classifier are that one's head under other names.
/// </summary>
internal sealed class BertFamily : IModelFamily
{
    private const int Segments = 2;
    private const string Prefix = "bert.";
    private const string UsualPrefix = "roberta.";

    public string Name => "bert";

    public string Architecture => "BertForSequenceClassification";

    public bool HasTwoSegments => true;

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var reader = new ConfigReader(path, config);
        reader.RequireText("hidden_act", "gelu");
        reader.RequireText("position_embedding_type", "absolute");
        reader.RequireEncoder();
        reader.RequireInteger("type_vocab_size", Segments, "BERT");
        var labels = LabelHead.Read(reader);
        var shape = reader.ReadShape(firstPosition: 0, epsilon: 1e-12);
        return new FamilyShape(shape, [.. ListTensors(shape, labels)]);
    }

    public bool IsUnused(string tensor) => tensor is "bert.embeddings.position_ids" or "bert.embeddings.token_type_ids"
        || tensor.StartsWith("cls.", StringComparison.Ordinal);

    public TokenizerFiles CheckTokenizer(string root, ModelShape shape)
    {
        var files = CheckpointTokenizer.Read(root, shape, WordPieceFiles.Create);
        var template = files.Tokenizer.Template;
        return files.Tokenizer is Inference.Tokenization.HuggingFace.FastTokenizer { HasTwoSegments: true } && template.Between is [var between] && between == template.End
            ? files
            : throw new CheckpointException(files.Sources[0], "puts a pair together in another way than [CLS] query [SEP] passage [SEP], of two segments");
    }

    private static IEnumerable<TensorSource> ListTensors(ModelShape shape, LabelHead labels)
    {
        foreach (var (name, dims) in XlmRobertaTensors.ListAll(shape).Where(t => !XlmRobertaTensors.IsHead(t.Name)))
        {
            long[] stored = name == XlmRobertaTensors.TokenTypeEmbeddings ? [Segments, shape.Hidden] : dims;
            yield return TensorSource.Rename(name, stored, Prefix + name[UsualPrefix.Length..]);
        }

        yield return TensorSource.Rename(TensorNames.NameWeight(XlmRobertaTensors.HeadDense), [shape.Hidden, shape.Hidden], "bert.pooler.dense.weight");
        yield return TensorSource.Rename(TensorNames.NameBias(XlmRobertaTensors.HeadDense), [shape.Hidden], "bert.pooler.dense.bias");
        foreach (var tensor in labels.ListTensors(XlmRobertaTensors.HeadOutput, "classifier", shape.Hidden))
        {
            yield return tensor;
        }
    }
}
