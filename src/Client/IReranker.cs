using System.Runtime.CompilerServices;

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

    /// <summary>
    /// The same request, with scores as soon as they are known: a large request is scored in parts, which end one after another. The
    /// last part has the response, and always comes. A caller who is slow to take parts holds up nothing: what became known meanwhile
    /// waits for it, and the request ends in its time. Parts cost messages of their own.
    /// </summary>
    /// <remarks>Silos of a release without parts give one: the whole. So does an implementation that does not override this.</remarks>
    /// <inheritdoc cref="TryRerankAsync"/>
    async IAsyncEnumerable<RerankPart> TryRerankInPartsAsync(
        string query,
        IReadOnlyList<string> passages,
        RerankOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = await TryRerankAsync(query, passages, options, cancellationToken).ConfigureAwait(false);
        yield return new RerankPart
        {
            Generation = 0,
            Scores = response.Result?.Passages ?? [],
            Model = response.Result?.Model ?? "",
            ModelIdentity = response.Result?.ModelIdentity ?? "",
            Response = response,
        };
    }
}
