using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Reranker.Grains.Telemetry;

/// <summary>Names under which this assembly reports.</summary>
public static class GrainsTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Reranker.Grains";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);
}
