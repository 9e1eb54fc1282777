namespace Reranker.Grains.Fleet;

/// <summary>How a silo keeps its picture of the fleet.</summary>
public sealed class FleetOptions
{
    /// <summary>Age at which a remote worker's load is asked for again when a request may need it. Default 1 s.</summary>
    public TimeSpan MaxLoadAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Shortest time a worker gets no new work after a call to it failed on the way; the longest is twice this, drawn at random. Default 1 s.</summary>
    public TimeSpan Penalty { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two tries to learn the workers of an active silo that has not answered yet. Default 500 ms.</summary>
    public TimeSpan DescribeInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time between two questions to a random other silo what it serves by now, in case its own word was lost. Default 1 s.</summary>
    public TimeSpan ReviseInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for a silo's description or a worker's load. Default 2 s.</summary>
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Work sent less than this before a load report arrived is taken as not yet counted in it: it was still on its
    /// way when the report was written. Default 1 ms.
    /// </summary>
    public TimeSpan ReportLag { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Tokens a second assumed of a worker that has not measured itself yet; for spreading work only, never for refusing it. Default 10,000.</summary>
    public double AssumedTokensPerSecond { get; set; } = 10_000;
}
