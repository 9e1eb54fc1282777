namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>How far another clock is ahead of this machine's; negative where it is behind.</summary>
/// <param name="Ahead">The difference.</param>
/// <param name="Uncertainty">How far the true difference may be from it, either way.</param>
internal readonly record struct ClockOffset(TimeSpan Ahead, TimeSpan Uncertainty)
{
    /// <summary>
    /// The difference that is tolerated. Members judge each other's entries by the times in them, and call one stale that was not
    /// renewed for <see cref="MembershipTiming.MissedBeats"/> beats: with this much and the beat that is due it is not stale yet.
    /// Machines that keep their time by NTP differ by milliseconds.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>Whether it is known well enough to say anything.</summary>
    public bool IsKnown => Uncertainty <= Tolerance;

    /// <summary>Whether the clocks surely differ by more than is tolerated.</summary>
    public bool IsTooLarge => Ahead.Duration() - Uncertainty > Tolerance;
}
