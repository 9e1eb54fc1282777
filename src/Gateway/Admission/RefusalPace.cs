using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Admission;

/// <summary>
/// Holds back the refusals of a tenant that gets very many: its clients do not heed when to come again, and whoever is answered
/// at once sends the next request at once. Reading and refusing those is work that other tenants wait for.
/// </summary>
internal sealed class RefusalPace(IOptions<GatewayOptions> options, TimeProvider time)
{
    // Of a request's time: so much less remains to go elsewhere with.
    private const double LongestShare = 0.1;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // A batch of requests that is refused as a whole is no hammering.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    // Tenants are named by operators.
    private readonly ConcurrentDictionary<string, Pace> _paces = new();

    /// <summary>Waits until a refusal may be sent, a tenth of the request's time at most.</summary>
    /// <param name="tenant">Who is refused.</param>
    /// <param name="deadline">Time that the request had.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    public Task WaitAsync(string tenant, TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (options.Value.RefusalsPerSecond == 0)
        {
            return Task.CompletedTask;
        }

        var longest = deadline * LongestShare < Longest ? deadline * LongestShare : Longest;
        var delay = _paces.GetOrAdd(tenant, static _ => new Pace())
            .Take(TimeSpan.FromSeconds(1.0 / options.Value.RefusalsPerSecond), longest, time);
        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }

    private sealed class Pace
    {
        private readonly Lock _lock = new();

        // When the refusals so far would all be out at their rate.
        private TimeSpan _full;

        public TimeSpan Take(TimeSpan step, TimeSpan longest, TimeProvider time)
        {
            lock (_lock)
            {
                var now = time.GetElapsedTime(0);
                var due = (_full > now ? _full : now) + step;
                var delay = due - now - Burst;
                if (delay > longest)
                {
                    // Those that wait this long are slow enough, and those that come when it is over shall not wait for them.
                    return longest;
                }

                _full = due;
                return delay;
            }
        }
    }
}
