namespace Reranker.Client;

/// <summary>
/// Scores passages against a query with a cross-encoder on the cluster.
/// <see cref="RerankerExtensions.RerankAsync"/> is the same call with an exception instead of a failed response.
/// </summary>
public interface IReranker
{
    /// <summary>
    /// Scores every passage, or says in <see cref="RerankResponse.Outcome"/> why it did not: the response is whole or it is one error.
    /// The call ends at the latest when its deadline passes.
    /// </summary>
    /// <param name="query">The query; not empty, not only white space.</param>
    /// <param name="passages">1 to <see cref="Limits.MaxPassages"/> passages; a passage may be an empty string. The list must not change during the call.</param>
    /// <param name="options">Model, deadline, truncation and tenant; null takes the defaults.</param>
    /// <param name="cancellationToken">Abandons the request; nothing is retried afterwards.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. No other failure is an exception.</exception>
    Task<RerankResponse> TryRerankAsync(
        string query,
        IReadOnlyList<string> passages,
        RerankOptions? options = null,
        CancellationToken cancellationToken = default);
}
