using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.Verification.Layers;

/// <summary>Pairs of texts in the ids of a SentencePiece file.</summary>
internal sealed class PairEncoder(string tokenizerPath)
{
    private readonly XlmRobertaTokenizer _tokenizer = XlmRobertaTokenizer.Load(tokenizerPath);

    /// <summary>Encodes a pair and cuts it to a length.</summary>
    public int[] EncodePair(string query, string passage, int longest)
    {
        var (first, second) = (_tokenizer.Encode(query).Ids, _tokenizer.Encode(passage).Ids);
        var ids = new int[first.Length + second.Length + PairLayout.SpecialTokens];
        second.CopyTo(PairLayout.WriteQueryAndSpecialTokens(first, ids));
        return ids[..Math.Min(ids.Length, longest)];
    }
}
