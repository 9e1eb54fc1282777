using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.Verification.Layers;

/// <summary>Pairs of texts in the ids of a tokenizer.</summary>
internal sealed class PairEncoder(ITextTokenizer tokenizer)
{
    /// <summary>Encodes a pair and cuts it to a length.</summary>
    public int[] EncodePair(string query, string passage, int longest) => PairEncoding.EncodePair(tokenizer, query, passage, longest);
}
