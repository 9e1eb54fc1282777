namespace Reranker.Simulation.Workload;

/// <summary>Kinds of requests.</summary>
internal enum RequestKind
{
    /// <summary>20 to 100 passages within a second.</summary>
    Search,

    /// <summary>8 passages within a second.</summary>
    Small,

    /// <summary>20 to 100 passages within 300 ms.</summary>
    Hasty,

    /// <summary>1,000 passages within ten seconds.</summary>
    Bulk,
}
