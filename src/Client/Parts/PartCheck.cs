using Reranker.Requests;

namespace Reranker.Client.Parts;

/// <summary>Whether parts that a silo told add up.</summary>
internal static class PartCheck
{
    /// <summary>True when each passage of the message has all of its values, and a score that is a number.</summary>
    /// <param name="told">What the silo told.</param>
    /// <param name="passages">Passages of the request.</param>
    public static bool AddsUp(RerankParts told, int passages)
    {
        var count = told.Passages.Length;
        return told is { Model: not null, ModelIdentity: not null }
            && told.Logits.Length == count
            && told.PairTokens.Length == count
            && (told.CutTokens ?? told.PairTokens).Length == count
            && (told.Chunks ?? told.PairTokens).Length == count
            && Array.TrueForAll(told.Passages, passage => passage >= 0 && passage < passages)
            && Array.TrueForAll(told.Logits, float.IsFinite);
    }
}
