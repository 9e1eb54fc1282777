using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Admission;

/// <summary>
/// Holds back the refusals of a tenant that gets very many: its clients do not heed when to come again, and whoever is answered
/// at once sends the next request at once. Reading and refusing those is work that other tenants wait for.
/// </summary>
internal sealed class RefusalPace(IOptions<GatewayOptions> options, TimeProvider time)
{
    // A refusal is held back for at most this share of the request's time: the caller needs the rest to go elsewhere.
    private const double MaxShare = 0.1;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    // Refusals that are sent at once: several requests that came together are no flood yet.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    // Tenants are named by operators.
    private readonly ConcurrentDictionary<string, Pace> _paces = new();

    /// <summary>Holds back the refusal of what was asked for too often, where it is known by whom; other errors go at once.</summary>
    public Task DelayRefusalAsync(GatewayError error, string? tenant, TimeSpan deadline, CancellationToken cancellationToken) =>
        error.Kind is GatewayErrorKind.Busy or GatewayErrorKind.Quota && tenant is not null
            ? WaitTurnAsync(tenant, deadline, cancellationToken)
            : Task.CompletedTask;

    /// <summary>Waits until a refusal may be sent, a tenth of the request's time at most.</summary>
    /// <param name="tenant">Who is refused.</param>
    /// <param name="deadline">Time that the request had.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    public Task WaitTurnAsync(string tenant, TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (options.Value.RefusalsPerSecond == 0)
        {
            return Task.CompletedTask;
        }

        var max = deadline * MaxShare < MaxDelay ? deadline * MaxShare : MaxDelay;
        var delay = _paces.GetOrAdd(tenant, static _ => new Pace())
            .TakeTurn(TimeSpan.FromSeconds(1.0 / options.Value.RefusalsPerSecond), max, time);
        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }

    private sealed class Pace
    {
        private readonly Lock _lock = new();

        // When all refusals so far will have been sent at the permitted rate.
        private TimeSpan _full;

        public TimeSpan TakeTurn(TimeSpan step, TimeSpan max, TimeProvider time)
        {
            lock (_lock)
            {
                var now = time.GetElapsedTime(0);
                var due = (_full > now ? _full : now) + step;
                var delay = due - now - Burst;
                if (delay > max)
                {
                    // This caller is slow enough now. Its refusal is not counted, so that later ones do not wait for it too.
                    return max;
                }

                _full = due;
                return delay;
            }
        }
    }
}
