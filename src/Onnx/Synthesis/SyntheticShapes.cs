using Reranker.Inference.Models;

namespace Reranker.Onnx.Synthesis;

/// <summary>Shapes of known models, for checkpoints with random weights.</summary>
public static class SyntheticShapes
{
    /// <summary>BAAI/bge-reranker-v2-m3: 568 M parameters, 8,192 tokens.</summary>
    public static ModelShape V2M3 { get; } = CreateShape(24, 1024, 16, 250_002, 8194);

    /// <summary>BAAI/bge-reranker-base: XLM-RoBERTa-base, 278 M parameters, 512 tokens.</summary>
    public static ModelShape Base { get; } = CreateShape(12, 768, 12, 250_002, 514);

    /// <summary>The bundled model: 20.6 M parameters, 512 tokens.</summary>
    public static ModelShape Mini { get; } = CreateShape(6, 384, 12, 25_000, 514);

    /// <summary>Names of all shapes on the command line; those of other families than XLM-RoBERTa come last.</summary>
    public static IReadOnlyList<string> Names { get; } = ["v2-m3", "base", "mini", "minilm-l6", "modernbert-base", "modernbert-tiny", "gte-multilingual-base", "gte-multilingual-tiny"];

    /// <summary>A shape by its name on the command line: <c>v2-m3</c>, <c>base</c> or <c>mini</c>; null for any other.</summary>
    public static ModelShape? Find(string name) => name switch
    {
        "v2-m3" => V2M3,
        "base" => Base,
        "mini" => Mini,
        _ => null,
    };

    private static ModelShape CreateShape(int layers, int hidden, int heads, int vocabulary, int positions) => new()
    {
        Layers = layers,
        Hidden = hidden,
        Heads = heads,
        FeedForward = 4 * hidden,
        Vocabulary = vocabulary,
        Positions = positions,
        LayerNormEpsilon = 1e-5f,
    };
}
