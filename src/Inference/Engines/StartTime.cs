using System.Globalization;

namespace Reranker.Inference.Engines;

/// <summary>What a part of a start took.</summary>
/// <param name="Phase">The part.</param>
/// <param name="Time">Its time.</param>
public readonly record struct StartTime(StartPhase Phase, TimeSpan Time)
{
    /// <summary>The part in words, for example <c>largest batch</c>.</summary>
    public string Name => Phase switch
    {
        StartPhase.Open => "open",
        StartPhase.LargestBatch => "largest batch",
        StartPhase.Products => "products",
        StartPhase.Probes => "probes",
        StartPhase.Capture => "capture",
        StartPhase.Costs => "costs",
        StartPhase.Rehearsal => "rehearsal",
        _ => Phase.ToString(),
    };

    /// <summary>Several of them as a list, for example <c>open 0.52, probes 0.03</c>, in seconds.</summary>
    public static string DescribeTimes(IEnumerable<StartTime> times)
        => string.Join(", ", times.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} {t.Time.TotalSeconds:F2}")));
}
