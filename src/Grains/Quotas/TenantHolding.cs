namespace Reranker.Grains.Quotas;

/// <summary>One tenant at one gateway.</summary>
/// <param name="Demand">Tokens a second that it wants there.</param>
/// <param name="Held">Most of its limits that the gateway may be using until it asks again: what it said, or what it was granted since.</param>
internal readonly record struct TenantHolding(double Demand, double Held);
