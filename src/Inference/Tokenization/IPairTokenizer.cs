namespace Reranker.Inference.Tokenization;

/// <summary>Turns a query and its passages into token ids on threads of its own.</summary>
public interface IPairTokenizer
{
    /// <summary>
    /// Tokenizes the query once and every passage, and cuts what does not fit.
    /// Any UTF-16 text is legal, lone surrogates and NUL included.
    /// </summary>
    /// <exception cref="PairTooLongException">A pair does not fit and <see cref="TruncationRule.Allowed"/> is false.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; queued passages are not tokenized.</exception>
    ValueTask<TokenizedRequest> TokenizeAsync(
        string query, IReadOnlyList<string> passages, TruncationRule rule, CancellationToken cancellationToken);
}
