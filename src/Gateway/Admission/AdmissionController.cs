using Microsoft.Extensions.Options;
using Reranker.Fleet;

namespace Reranker.Gateway.Admission;

/// <summary>
/// Refuses at once what cannot be answered in time: a client that is told so within a millisecond can go elsewhere, one
/// that waits for its deadline cannot. Capacity is counted in tokens, because a request may have one passage or 100,000.
/// </summary>
internal sealed class AdmissionController(IOptions<GatewayOptions> options, TokenQuotas quotas)
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    private long _tokensInFlight;

    /// <summary>Estimated tokens of the admitted requests that are not finished.</summary>
    public long TokensInFlight => Interlocked.Read(ref _tokensInFlight);

    /// <summary>Admits a request, or says why not.</summary>
    /// <param name="tenant">Whose quota is charged.</param>
    /// <param name="tokens">Estimated tokens of the request.</param>
    /// <param name="remaining">Time it has left.</param>
    /// <param name="hint">What the fleet last said; null admits, because nothing is known.</param>
    /// <param name="refusal">Why it is refused; null when it is admitted.</param>
    /// <returns>The lease of an admitted request, null of a refused one.</returns>
    public AdmissionLease? TryAdmit(string tenant, double tokens, TimeSpan remaining, FleetHint? hint, out GatewayError? refusal)
    {
        var reserved = (long)Math.Ceiling(tokens);
        var before = Interlocked.Add(ref _tokensInFlight, reserved) - reserved;
        refusal = Capacity(before, reserved, remaining, hint);
        var quota = refusal is null ? quotas.Of(tenant) : null;
        if (quota is not null && !quota.TryCharge(reserved, out var retryAfter))
        {
            refusal = new GatewayError(GatewayErrorKind.Quota, "The token quota of this key is used up.", RetryAfter: retryAfter);
        }

        if (refusal is null)
        {
            return new AdmissionLease(this, quota, reserved);
        }

        Release(reserved);
        return null;
    }

    internal void Release(long reserved) => Interlocked.Add(ref _tokensInFlight, -reserved);

    private GatewayError? Capacity(long before, long reserved, TimeSpan remaining, FleetHint? hint)
    {
        // A request larger than the cap may still run alone.
        if (options.Value.MaxTokensInFlight is > 0 and var cap && before > 0 && before + reserved > cap)
        {
            return Busy("The gateway has as many tokens in progress as it may have.", Seconds(before + reserved - cap, hint) ?? 1);
        }

        if (hint is not { TokensPerSecond: > 0 } known)
        {
            return null;
        }

        // Both see part of the queue: the hint what every gateway sent by the time of its reply, this gateway what it sent since.
        var wait = Math.Max(known.ExpectedWaitMilliseconds / 1000.0, before / known.TokensPerSecond);
        var finish = wait + (reserved / known.TokensPerSecond);
        return finish <= remaining.TotalSeconds
            ? null
            : Busy($"The request would take about {finish:0.0} s, longer than its deadline allows.", finish - remaining.TotalSeconds);
    }

    private static double? Seconds(long tokens, FleetHint? hint) =>
        hint is { TokensPerSecond: > 0 } known ? tokens / known.TokensPerSecond : null;

    private static GatewayError Busy(string message, double retryAfterSeconds) => new(
        GatewayErrorKind.Busy,
        message,
        RetryAfter: TimeSpan.FromSeconds(Math.Clamp(retryAfterSeconds, ShortestRetry.TotalSeconds, LongestRetry.TotalSeconds)));
}
