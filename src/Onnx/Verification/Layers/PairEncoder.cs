using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.Verification.Layers;

/// <summary>Pairs of texts in the ids of a SentencePiece file.</summary>
internal sealed class PairEncoder(string tokenizerPath)
{
    private readonly XlmRobertaTokenizer _tokenizer = XlmRobertaTokenizer.Load(tokenizerPath);

    /// <summary>Encodes a pair and cuts it to a length.</summary>
    public int[] EncodePair(string query, string passage, int longest) => PairEncoding.EncodePair(_tokenizer, query, passage, longest);
}
