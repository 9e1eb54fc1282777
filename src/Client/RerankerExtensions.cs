namespace Reranker.Client;

/// <summary>The call for callers that prefer exceptions.</summary>
public static class RerankerExtensions
{
    /// <summary>Scores every passage.</summary>
    /// <exception cref="RerankException">The request has no scores; its <see cref="RerankException.Outcome"/> says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <inheritdoc cref="IReranker.TryRerankAsync"/>
    public static async Task<RerankResult> RerankAsync(
        this IReranker reranker,
        string query,
        IReadOnlyList<string> passages,
        RerankOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reranker);
        var response = await reranker.TryRerankAsync(query, passages, options, cancellationToken).ConfigureAwait(false);
        return response.Result
            ?? throw new RerankException(response.Outcome, response.Error ?? response.Outcome.ToString(), response.RetryAfter);
    }
}
