using Reranker.Onnx.Families.Bert;
using Reranker.Onnx.Families.ModernBert;
using Reranker.Onnx.Families.Roberta;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families;

/// <summary>The families whose checkpoints are imported.</summary>
internal static class ModelFamilies
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IModelFamily> All { get; } = [new XlmRobertaFamily(), new BertFamily(), new RobertaFamily(), new ModernBertFamily(), new ModernBertModulesFamily()];
}
