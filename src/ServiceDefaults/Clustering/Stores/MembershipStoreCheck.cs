using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>Asks the membership store once whether the settings fit it. One that does not answer is no fault: it may be there later.</summary>
internal sealed class MembershipStoreCheck(IMembershipStore store, TimeProvider time) : IStartCheck
{
    /// <summary>How long a start waits for an answer: a refusal that a busy machine tells late must not pass for a store that is away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>What is said of a store that refuses.</summary>
    public static string Sentence(string fault) =>
        $"{ClusterSettings.Section}:{nameof(ClusterSettings.ConnectionString)} reaches a store that cannot be used: {fault}.";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await store.PrepareAsync(either.Token).ConfigureAwait(false);
            return [];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return store.FindSettingFault(exception) is { } fault ? [Sentence(fault)] : [];
        }
    }
}
