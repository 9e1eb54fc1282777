using StackExchange.Redis;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>Membership in Redis: one that answers has all that is needed.</summary>
internal sealed class RedisStore(ConfigurationOptions options) : IMembershipStore
{
    private static readonly string[] Refusals = ["WRONGPASS", "NOAUTH", "AuthenticationFailure", "authentication failure"];

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // A connection of its own: Orleans' must be one that has worked from the start.
        var connecting = ConnectionMultiplexer.ConnectAsync(options);
        await using var redis = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public string? FindSettingFault(Exception exception)
    {
        // The client reports a refused password as one of many reasons why it could not connect, and only in words.
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
                || Refusals.Any(r => e.Message.Contains(r, StringComparison.OrdinalIgnoreCase)))
            {
                return "its user or password is wrong or missing";
            }
        }

        return null;
    }
}
