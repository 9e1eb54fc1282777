using System.Numerics.Tensors;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Common;

/// <summary>
/// The labels of a cross-encoder. One label's logit is the score. Of two, the probability of the positive one is the sigmoid of its
/// logit less the other's, so the score is that difference, and the difference of the classifier's rows is the classifier.
/// </summary>
internal sealed class LabelHead
{
    // Names of the label that a query and its passage do not go together, each with that of its opposite.
    private static readonly (string Negative, string Positive)[] Opposites =
    [
        ("label_0", "label_1"), ("0", "1"), ("no", "yes"), ("false", "true"), ("negative", "positive"), ("irrelevant", "relevant"),
        ("not_relevant", "relevant"), ("non_relevant", "relevant"), ("not_duplicate", "duplicate"), ("not_entailment", "entailment"),
        ("no_match", "match"), ("not_equivalent", "equivalent"),
    ];

    private readonly int _labels;
    private readonly int _positive;

    private LabelHead(int labels, int positive) => (_labels, _positive) = (labels, positive);

    /// <summary>How many there are.</summary>
    public int Count => _labels;

    /// <summary>Which of them the score is of.</summary>
    public int Positive => _positive;

    /// <summary>Reads the labels.</summary>
    /// <exception cref="CheckpointException">There are more than two, or nobody can tell which of two is the positive one.</exception>
    public static LabelHead Read(ConfigReader config)
    {
        var labels = config.CountLabels();
        config.Require(labels is 1 or 2, $"the model has {labels} labels; a cross-encoder for reranking has 1, or 2 of which one is the other's opposite");
        if (labels == 1 || !config.Root.TryGetMember("id2label", out var map))
        {
            return new LabelHead(labels, labels - 1);
        }

        var names = map.ListMembers().ToDictionary(p => p.Name, p => p.Value.ReadText().ToLowerInvariant().Replace(' ', '_').Replace('-', '_'));
        var (first, second) = (names.GetValueOrDefault("0", ""), names.GetValueOrDefault("1", ""));
        var isUsual = Opposites.Contains((first, second));
        config.Require(
            isUsual || Opposites.Contains((second, first)),
            $"the labels are [{string.Join(", ", map.ListMembers().Select(p => p.Value.ReadText()))}]; of two labels one must be the other's opposite by its name, as LABEL_0 and LABEL_1 are");
        return new LabelHead(labels, isUsual ? 1 : 0);
    }

    /// <summary>The two tensors of the module that gives the logits, as graphs read them.</summary>
    /// <param name="name">What graphs call the module.</param>
    /// <param name="stored">What checkpoints call it.</param>
    /// <param name="hidden">Hidden size.</param>
    public IEnumerable<TensorSource> ListTensors(string name, string stored, long hidden)
    {
        yield return Create(TensorNames.NameWeight(name), [1, hidden], TensorNames.NameWeight(stored), [_labels, hidden]);
        yield return Create(TensorNames.NameBias(name), [1], TensorNames.NameBias(stored), [_labels]);
    }

    private TensorSource Create(string name, long[] shape, string stored, long[] storedShape)
        => new(name, shape, stored, storedShape, _labels == 1 ? null : tensor => tensor.WithValues(name, shape, Subtract(tensor.ReadAll())));

    private float[] Subtract(float[] rows)
    {
        var width = rows.Length / 2;
        var difference = new float[width];
        TensorPrimitives.Subtract(rows.AsSpan(_positive * width, width), rows.AsSpan((1 - _positive) * width, width), difference);
        return difference;
    }
}
