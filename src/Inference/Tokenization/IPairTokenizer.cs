using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>Turns a query and its passages into token ids on threads of its own.</summary>
public interface IPairTokenizer
{
    /// <summary>How the model reads a pair.</summary>
    PairTemplate Template => PairTemplate.XlmRoberta;

    /// <summary>
    /// Tokenizes the query once and every passage, and cuts what does not fit.
    /// Any UTF-16 text is legal, lone surrogates and NUL included.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="passages">The passages.</param>
    /// <param name="rule">How pairs that are too long are cut.</param>
    /// <param name="tenant">Whose request it is: tenants take turns, and then the requests of each.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="PairTooLongException">A pair does not fit and <see cref="TruncationRule.Allowed"/> is false.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; queued passages are not tokenized.</exception>
    ValueTask<TokenizedRequest> TokenizeAsync(
        string query, IReadOnlyList<string> passages, TruncationRule rule, string tenant, CancellationToken cancellationToken);
}
