using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.Verification;

/// <summary>Built-in texts in a model's own ids.</summary>
internal static class PairEncoding
{
    /// <summary>A pair, cut at the end to <paramref name="maxTokens"/>.</summary>
    public static int[] EncodePair(ITextTokenizer tokenizer, string query, string passage, int maxTokens)
    {
        var (first, second) = (tokenizer.Encode(query).Ids, tokenizer.Encode(passage).Ids);
        var ids = new int[first.Length + second.Length + tokenizer.Template.SpecialTokens];
        second.CopyTo(tokenizer.Template.WriteQueryAndSpecialTokens(first, ids));
        return ids[..Math.Min(ids.Length, maxTokens)];
    }
}
