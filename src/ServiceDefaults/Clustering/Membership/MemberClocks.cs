using System.Runtime.InteropServices;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// What the membership table tells of the members' clocks: each writes its time into its entry every few seconds, so a time that
/// changed between two looks was now somewhere between them.
/// </summary>
internal sealed class MemberClocks
{
    private readonly Dictionary<SiloAddress, Seen> _seen = [];
    private DateTimeOffset? _previous;

    /// <summary>The clocks that are known.</summary>
    public IReadOnlyDictionary<SiloAddress, ClockOffset> Offsets =>
        _seen.Where(static s => s.Value.Offset is { IsKnown: true }).ToDictionary(static s => s.Key, static s => s.Value.Offset!.Value);

    /// <summary>Takes a look.</summary>
    /// <param name="now">Time of this machine.</param>
    /// <param name="members">The entries of the other active members.</param>
    public void UpdateOffsets(DateTimeOffset now, IEnumerable<MembershipEntry> members)
    {
        var gone = _seen.Keys.ToHashSet();
        foreach (var member in members)
        {
            gone.Remove(member.SiloAddress);
            var alive = new DateTimeOffset(DateTime.SpecifyKind(member.IAmAliveTime, DateTimeKind.Utc));
            ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, member.SiloAddress, out var known);
            if (known && seen.Alive != alive && _previous is { } previous)
            {
                var half = (now - previous) / 2;
                seen.Offset = new ClockOffset(alive - previous - half, half.Duration());
            }

            seen.Alive = alive;
        }

        foreach (var silo in gone)
        {
            _seen.Remove(silo);
        }

        _previous = now;
    }

    private struct Seen
    {
        public DateTimeOffset Alive;
        public ClockOffset? Offset;
    }
}
