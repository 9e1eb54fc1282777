using StackExchange.Redis;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>Membership in Redis: one that answers has all that is needed.</summary>
internal sealed class RedisStore(ConfigurationOptions options) : IMembershipStore
{
    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // A connection of its own: Orleans' must be one that has worked from the start.
        var connecting = ConnectionMultiplexer.ConnectAsync(options);
        await using var redis = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
