using System.Text.Json.Serialization;

namespace Reranker.Simulation.Queues;

/// <summary>What is compared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Policy>))]
internal enum Policy
{
    /// <summary>First in, first out; everything is admitted.</summary>
    Fifo,

    /// <summary>Earliest deadline first; everything is admitted.</summary>
    EarliestDeadline,

    /// <summary>The product: fair by tokens over tenants and requests, and admission by predicted finish.</summary>
    Ours,
}
