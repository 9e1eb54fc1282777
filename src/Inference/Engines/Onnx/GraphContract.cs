using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Onnx;

/// <summary>What a graph form takes and gives. A file that differs is refused before it sees a pair.</summary>
internal sealed record GraphContract(string Form, IReadOnlyList<TensorContract> Inputs, TensorContract Output)
{
    /// <summary><c>input_ids</c>, <c>attention_mask</c> [batch, sequence] → <c>logits</c> [batch, 1].</summary>
    public static GraphContract Padded { get; } = new(
        GraphForms.Padded,
        [
            new TensorContract(GraphTensors.InputIds, Rank: 2, FreeDimensions: 2, TensorElementType.Int64),
            new TensorContract(GraphTensors.AttentionMask, Rank: 2, FreeDimensions: 2, TensorElementType.Int64),
        ],
        new TensorContract(GraphTensors.Logits, Rank: 2, FreeDimensions: 1, TensorElementType.Float, TensorElementType.Float16));

    /// <summary>
    /// <c>input_ids</c>, <c>position_ids</c> [tokens], <c>token_offset</c> [batch, sequence], <c>cu_seqlens</c> [batch + 1]
    /// → <c>logits</c> [batch, 1].
    /// </summary>
    public static GraphContract Packed { get; } = new(
        GraphForms.Packed,
        [
            new TensorContract(GraphTensors.InputIds, Rank: 1, FreeDimensions: 1, TensorElementType.Int32),
            new TensorContract(GraphTensors.PositionIds, Rank: 1, FreeDimensions: 1, TensorElementType.Int32),
            new TensorContract(GraphTensors.TokenOffset, Rank: 2, FreeDimensions: 2, TensorElementType.Int32),
            new TensorContract(GraphTensors.SequenceStarts, Rank: 1, FreeDimensions: 1, TensorElementType.Int32),
        ],
        new TensorContract(GraphTensors.Logits, Rank: 2, FreeDimensions: 1, TensorElementType.Float));

    /// <summary>Names of the inputs, in the order in which a run gives them.</summary>
    public string[] InputNames { get; } = [.. Inputs.Select(i => i.Name)];

    /// <summary>Checks the session's signature and returns the type of its logits.</summary>
    /// <exception cref="ModelFolderException">It differs.</exception>
    public TensorElementType CheckSession(InferenceSession session, string file)
    {
        foreach (var input in Inputs)
        {
            CheckNode(session.InputMetadata, input, "input", file);
        }

        var extra = session.InputMetadata.Keys.FirstOrDefault(name => Inputs.All(i => i.Name != name));
        if (extra is not null)
        {
            throw new ModelFolderException(file, $"is no {Form} graph: it asks for an input '{extra}'");
        }

        return CheckNode(session.OutputMetadata, Output, "output", file);
    }

    private TensorElementType CheckNode(IReadOnlyDictionary<string, NodeMetadata> nodes, TensorContract contract, string role, string file)
    {
        if (!nodes.TryGetValue(contract.Name, out var node) || !node.IsTensor)
        {
            throw new ModelFolderException(file, $"is no {Form} graph: it has no {role} '{contract.Name}'");
        }

        var shape = node.Dimensions;
        if (shape.Length != contract.Rank || shape.Take(contract.FreeDimensions).Any(d => d >= 0))
        {
            throw new ModelFolderException(
                file,
                $"is no {Form} graph: {role} '{contract.Name}' has shape [{string.Join(", ", shape)}]; "
                + $"it must have {contract.Rank} dimensions, the first {contract.FreeDimensions} of them free");
        }

        return contract.Types.Contains(node.ElementDataType)
            ? node.ElementDataType
            : throw new ModelFolderException(
                file,
                $"is no {Form} graph: {role} '{contract.Name}' is {node.ElementDataType}; it must be {string.Join(" or ", contract.Types)}");
    }
}
