using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.TestKit.Reference;

namespace Reranker.Tool.Drills.RealEncoder;

/// <summary>Queries and passages, and the logits that ONNX Runtime gives for them with ids of the tests' own WordPiece.</summary>
internal static class RealPairs
{
    /// <summary>A query.</summary>
    public const string Query = "How do I replace a bicycle's inner tube?";

    /// <summary>Passages about it and about other things, of one token to a few hundred.</summary>
    public static readonly IReadOnlyList<string> Passages =
    [
        "Take the wheel off, lift one side of the tyre over the rim with two levers, pull the old tube out, and push the new one in, valve first.",
        "Bicycle tubes come in many sizes; the number is printed on the side of the tyre.",
        "The committee will meet on the 14th of March to discuss next year's budget.",
        "Ein platter Reifen: den Schlauch wechseln, ohne ihn zu verdrehen.",
        "自行車內胎怎麼換?先放氣,再用撬棒。",
        "Как заменить камеру велосипеда",
        "Tube.",
        "NAÏVE café-goers paid £3.50 (≈ €4.10) for 2½ litres of crème brûlée — unbelievable!",
        "An inner tube is an inflatable ring that forms the interior of some pneumatic tires; it is inflated with air through a valve and fits inside the casing of the tire.",
        "Supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
        string.Join(' ', Enumerable.Range(0, 12).Select(i => $"Step {i + 1}: check the rim tape, then inflate the tube to {20 + (3 * i)} psi and look for twists along the bead before you go on.")),
        string.Join(' ', Enumerable.Range(0, 40).Select(i => $"chapter {i} of the ship's log")),
    ];

    /// <summary>The logits of a graph with BERT's three inputs.</summary>
    public static double[] Score(string graph, WordPieceReference tokenizer, IReadOnlyList<string> pieces)
    {
        var (cls, sep) = (pieces.ToList().IndexOf("[CLS]"), pieces.ToList().IndexOf("[SEP]"));
        using var session = new InferenceSession(graph);
        return [.. Passages.Select(passage =>
        {
            int[] query = [cls, .. tokenizer.Encode(Query), sep], behind = [.. tokenizer.Encode(passage), sep];
            long[] ids = [.. query.Concat(behind).Select(i => (long)i)], segments = [.. ids.Select((_, i) => i < query.Length ? 0L : 1)];
            using var results = session.Run([Create("input_ids", ids), Create("attention_mask", [.. ids.Select(_ => 1L)]), Create("token_type_ids", segments)], ["logits"]);
            return (double)results[0].AsTensor<float>().Single();
        })];
    }

    private static NamedOnnxValue Create(string name, long[] values) => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(values, [1, values.Length]));
}
