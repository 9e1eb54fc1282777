using StackExchange.Redis;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>Membership in Redis: one that answers has all that is needed.</summary>
internal sealed class RedisStore(ConfigurationOptions options) : IMembershipStore, IAsyncDisposable
{
    private const long Million = 1_000_000;

    private static readonly string[] Refusals = ["WRONGPASS", "NOAUTH", "AuthenticationFailure", "authentication failure"];

    // For questions that are asked again and again. It connects by itself after an outage.
    private ConnectionMultiplexer? _connection;

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

    /// <inheritdoc/>
    public async Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken)
    {
        _connection ??= await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken).ConfigureAwait(false);
        var time = (RedisResult[])(await _connection.GetDatabase().ExecuteAsync("TIME").WaitAsync(cancellationToken).ConfigureAwait(false))!;
        return DateTimeOffset.UnixEpoch.AddMicroseconds(((long)time[0] * Million) + (long)time[1]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
