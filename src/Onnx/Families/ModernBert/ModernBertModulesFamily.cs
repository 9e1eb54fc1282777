using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.ModernBert;

/// <summary>
/// <c>ModernBertModel</c> with a head of sentence-transformers' modules, as Ettin's rerankers have: pooling, dense with GELU, LayerNorm with a
/// bias, dense to one score. It is the classifier of <see cref="ModernBertFamily"/> in files of its own.
/// </summary>
internal sealed class ModernBertModulesFamily : IModelFamily
{
    public string Name => ModernBertFamily.FamilyName;

    public string Architecture => "ModernBertModel";

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var shape = ModernBertConfig.ReadShape(new ConfigReader(path, config));
        return new FamilyShape(shape, [.. ModernBertTensors.ListEncoder(shape, "")]);
    }

    public FamilyShape AddModules(string root, FamilyShape encoder)
    {
        var shape = encoder.Shape;
        var head = ScoreModules.Read(root, shape);
        return encoder with
        {
            Shape = shape with { Rotary = shape.Rotary! with { PoolsMean = head.PoolsMean } },
            Tensors =
            [
                .. encoder.Tensors,
                .. ListDense(XlmRobertaTensors.HeadDense, head.Dense, shape.Hidden, shape.Hidden),
                TensorSource.Rename(TensorNames.NameWeight(XlmRobertaTensors.HeadNorm), [shape.Hidden], $"{head.Norm}/norm.weight"),
                TensorSource.Rename(TensorNames.NameBias(XlmRobertaTensors.HeadNorm), [shape.Hidden], $"{head.Norm}/norm.bias"),
                .. ListDense(XlmRobertaTensors.HeadOutput, head.Output, 1, shape.Hidden),
            ],
            ModuleFolders = [head.Dense.Folder, head.Norm, head.Output.Folder],
            ModuleFiles = head.Files,
        };
    }

    public bool IsUnused(string tensor) => false;

    public TokenizerFiles CheckTokenizer(string root, ModelShape shape) => ModernBertFamily.ReadTokenizer(root, shape);

    private static IEnumerable<TensorSource> ListDense(string module, DenseModule dense, long rows, long columns) => dense.HasBias
        ?
        [
            TensorSource.Rename(TensorNames.NameWeight(module), [rows, columns], $"{dense.Folder}/linear.weight"),
            TensorSource.Rename(TensorNames.NameBias(module), [rows], $"{dense.Folder}/linear.bias"),
        ]
        : ModernBertTensors.ListMatrix(module, $"{dense.Folder}/linear.weight", rows, columns);
}
