namespace Reranker.Simulation.Workload;

/// <summary>How a request ends.</summary>
internal enum RequestEnd
{
    /// <summary>Answered within its deadline.</summary>
    Ok,

    /// <summary>Told at once that it cannot be answered in time.</summary>
    Refused,

    /// <summary>Its deadline passed.</summary>
    Expired,
}
