namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// Times in entries that this clock has not reached yet: they come from a clock that is ahead, and a silo or a vote with one would
/// count as fresh for as long as that clock is ahead. Such a time is read as the moment at which it was first seen.
/// </summary>
internal sealed class FutureTimes(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Dictionary<(SiloAddress Silo, DateTime Written), DateTime> _seen = [];

    /// <summary>Puts the right times into entries that were just read.</summary>
    public void CorrectTimes(MembershipTableData table)
    {
        var now = time.GetUtcNow().UtcDateTime;
        lock (_lock)
        {
            var still = new Dictionary<(SiloAddress Silo, DateTime Written), DateTime>();
            foreach (var (entry, _) in table.Members)
            {
                entry.StartTime = Read(entry.StartTime);
                entry.IAmAliveTime = Read(entry.IAmAliveTime);
                entry.SuspectTimes = entry.SuspectTimes?.ConvertAll(vote => Tuple.Create(vote.Item1, Read(vote.Item2)));

                DateTime Read(DateTime written)
                {
                    if (written <= now + ClockOffset.Tolerance)
                    {
                        return written;
                    }

                    var key = (entry.SiloAddress, written);
                    return still[key] = _seen.GetValueOrDefault(key, now);
                }
            }

            _seen = still;
        }
    }
}
