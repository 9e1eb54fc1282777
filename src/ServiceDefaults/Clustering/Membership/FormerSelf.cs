using Microsoft.Extensions.Logging;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// Has the entries of this silo's former lives outdated before it joins. Orleans tries that once when it starts, and lets it be when
/// another silo has written to the store at that moment, as many do when all of them start at once. Such an entry stays a member with a
/// part of the grain directory, and this silo, at the same address, asks itself for it in vain.
/// </summary>
internal sealed partial class FormerSelf(IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider time, ILogger<FormerSelf> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private const int MostTries = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // Silos that start together should not try together for ever.
    private readonly Random _random = new(self.SiloAddress.GetConsistentHashCode());

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(FormerSelf), ServiceLifecycleStage.ApplicationServices + 1, OutdateAsync);

    private async Task OutdateAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; FindEntries() is { Length: > 0 } entries; tries++)
        {
            if (tries == MostTries)
            {
                // Others will find out, as with every lost silo.
                LogStays(entries[0]);
                return;
            }

            try
            {
                foreach (var entry in entries)
                {
                    await membership.TryKill(entry);
                }

                await Task.Delay(Pause * (1 + _random.NextDouble()), time, cancellationToken);
                await membership.Refresh(cancellationToken: cancellationToken);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private SiloAddress[] FindEntries() =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status != SiloStatus.Dead && m.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint)
                && m.SiloAddress.Generation < self.SiloAddress.Generation)
            .Select(static m => m.SiloAddress),
    ];

    [LoggerMessage(ServiceEventIds.FormerSelfStays, LogLevel.Warning, "The entry {Silo} of this silo's former life could not be outdated; it joins beside it.")]
    private partial void LogStays(SiloAddress silo);
}
