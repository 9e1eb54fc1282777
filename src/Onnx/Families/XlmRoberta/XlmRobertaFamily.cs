using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary><c>XLMRobertaForSequenceClassification</c> with one label: bge-reranker-v2-m3 and its kin.</summary>
internal sealed class XlmRobertaFamily : IModelFamily
{
    public string Name => ModelManifest.XlmRobertaFamily;

    public string Architecture => XlmRobertaConfig.Architecture;

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var shape = XlmRobertaConfig.Read(path, config);
        return new FamilyShape(shape, [.. XlmRobertaTensors.ListAll(shape).Select(t => TensorSource.Create(t.Name, t.Shape))]);
    }

    public bool IsUnused(string tensor) => XlmRobertaTensors.IsUnused(tensor);

    public TokenizerFiles CheckTokenizer(string root, ModelShape shape) => XlmRobertaFiles.Read(root, shape);
}
