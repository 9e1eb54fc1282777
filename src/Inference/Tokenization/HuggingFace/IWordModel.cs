namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Turns a word into tokens.</summary>
internal interface IWordModel
{
    /// <summary>Id of what it does not know; null where it knows everything.</summary>
    int? UnknownId { get; }

    /// <summary>Adds a word's tokens.</summary>
    /// <param name="word">Its code points; at least one.</param>
    /// <param name="ids">Takes them.</param>
    void AddTokens(ReadOnlySpan<int> word, List<int> ids);
}
