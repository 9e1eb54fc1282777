namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>One trace across client and silos; both sides need it.</summary>
public static class OrleansTracingExtensions
{
    /// <summary>Hands traces on from a silo.</summary>
    public static ISiloBuilder AddRerankerTracing(this ISiloBuilder silo)
        => silo.AddOutgoingGrainCallFilter<TraceparentCallFilter>().AddActivityPropagation();

    /// <summary>Hands traces on from a client.</summary>
    public static IClientBuilder AddRerankerTracing(this IClientBuilder client)
        => client.AddOutgoingGrainCallFilter<TraceparentCallFilter>().AddActivityPropagation();
}
