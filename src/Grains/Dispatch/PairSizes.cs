using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Dispatch;

/// <summary>What is to be split: the sizes of one request's pairs.</summary>
/// <param name="QueryTokens">Tokens of the query, which travels with every sub-batch.</param>
/// <param name="PassageTokens">Tokens of each passage.</param>
/// <param name="PairTokens">Tokens of each joined pair, special tokens included: the work it is.</param>
/// <param name="BytesPerId">Bytes of an id on the wire.</param>
internal sealed record PairSizes(int QueryTokens, int[] PassageTokens, int[] PairTokens, byte BytesPerId)
{
    /// <summary>The sizes of a tokenized request.</summary>
    public static PairSizes FromTokenized(TokenizedRequest tokenized, byte bytesPerId)
    {
        var passages = new int[tokenized.PassageIds.Length];
        var pairs = new int[passages.Length];
        for (var i = 0; i < passages.Length; i++)
        {
            passages[i] = tokenized.PassageIds[i].Length;
            pairs[i] = tokenized.CountPairTokens(i);
        }

        return new PairSizes(tokenized.QueryIds.Length, passages, pairs, bytesPerId);
    }
}
