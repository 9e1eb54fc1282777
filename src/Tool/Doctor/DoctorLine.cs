using System.Text.Json.Serialization;

namespace Reranker.Tool.Doctor;

/// <summary>A line of the report.</summary>
/// <param name="Area">What it is about.</param>
/// <param name="State">How good that is.</param>
/// <param name="Text">What was found.</param>
/// <param name="Next">What to do about it; null for nothing.</param>
internal sealed record DoctorLine(string Area, LineState State, string Text, string? Next = null);

/// <summary>How good something is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LineState>))]
internal enum LineState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing; the best engine of this machine serves nevertheless.</summary>
    Note,

    /// <summary>In the way of the best engine that this machine could have, or of serving at all.</summary>
    Mend,
}
