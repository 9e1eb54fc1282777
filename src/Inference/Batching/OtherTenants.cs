using System.Runtime.InteropServices;

namespace Reranker.Inference.Batching;

/// <summary>
/// What all tenants but one have waiting and are sending. It is collected once an admission, under the queue's lock, and summed
/// for every request that the new one may delay. It keeps its buffer. Not thread-safe.
/// </summary>
internal sealed class OtherTenants
{
    // Sums of the same terms in another order differ by less than this, for a million tenants and more.
    private const double Rounding = 1 + 1e-9;

    private readonly List<(double Waiting, double Rate, double Weight)> _tenants = [];

    // The last sum in parts: those that were counted in full, and the weight of those that were cut to an equal part.
    private double _waiting;
    private double _rate;
    private double _cut;

    /// <summary>Collects what there is of all tenants but one.</summary>
    public void CollectAllBut(string tenant, TenantOrder tenants, ArrivalRates rates, long now)
    {
        _tenants.Clear();
        var own = (double)FlowKeys.FindWeight(tenant);
        foreach (var flow in tenants.Flows)
        {
            if (flow.Key != tenant)
            {
                _tenants.Add((flow.WaitingTokens, rates.FindRate(flow.Key, now), flow.Weight / own));
            }
        }

        // And those who have nothing here just now.
        foreach (var other in rates.Tenants)
        {
            if (other != tenant && tenants.FindFlow(other) is null)
            {
                _tenants.Add((0, rates.FindRate(other, now), FlowKeys.FindWeight(other) / own));
            }
        }

        // Until somebody sums them, everybody counts in full.
        (_waiting, _rate, _cut) = (0, 0, 0);
        foreach (var (waiting, rate, _) in CollectionsMarshal.AsSpan(_tenants))
        {
            _waiting += waiting;
            _rate += rate;
        }
    }

    /// <summary>Tokens that go before: of each tenant what waits and what it sends meanwhile, but no more than an equal part, by weight.</summary>
    /// <param name="microseconds">How long it sends.</param>
    /// <param name="maxTokensEach">Most tokens of one of the same weight.</param>
    public double SumTokensAhead(double microseconds, double maxTokensEach)
    {
        double tokens = 0;
        (_waiting, _rate, _cut) = (0, 0, 0);
        foreach (var (waiting, rate, weight) in CollectionsMarshal.AsSpan(_tenants))
        {
            var all = waiting + (rate * microseconds);
            if (all < maxTokensEach * weight)
            {
                _waiting += waiting;
                _rate += rate;
                tokens += all;
            }
            else
            {
                _cut += weight;
                tokens += maxTokensEach * weight;
            }
        }

        return tokens;
    }

    /// <summary>
    /// No fewer than <see cref="SumTokensAhead"/>, without a look at each tenant: whoever was cut in the last sum counts with an
    /// equal part, everybody else in full. Neither is too little for anybody, so this holds for every time and part; where
    /// they are much as they were, as from one request to the next, it is hardly too much.
    /// </summary>
    public double EstimateMaxTokensAhead(double microseconds, double part) => Rounding * (_waiting + (_rate * microseconds) + (_cut * part));
}
