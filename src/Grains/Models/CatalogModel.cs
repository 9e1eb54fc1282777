using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Models;

/// <summary>A model this silo has the manifest and the tokenizer of.</summary>
/// <param name="Manifest">What the model is.</param>
/// <param name="Tokenizer">Reads its texts.</param>
public sealed record CatalogModel(ModelManifest Manifest, IPairTokenizer Tokenizer)
{
    /// <summary>Name that requests use.</summary>
    public string Name => Manifest.Name;

    /// <summary>Hash of graph, weights, tokenizer, precision and limits.</summary>
    public string Identity => Manifest.Identity;
}
