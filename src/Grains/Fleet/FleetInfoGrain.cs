using Orleans.Concurrency;
using Reranker.Fleet;

namespace Reranker.Grains.Fleet;

/// <summary>Answers from the picture of whichever silo the caller's message reaches.</summary>
[StatelessWorker(1, false), Reentrant, KeepAlive]
internal sealed class FleetInfoGrain(FleetView fleet, FleetReporter reporter, TimeProvider time) : Grain, IFleetInfoGrain
{
    // Readiness must not wait for a worker that does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public async Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken)
    {
        var refreshed = fleet.RefreshStaleAsync(fleet.Current.Workers.AsSpan());
        await Task.WhenAny(refreshed, Task.Delay(Patience, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return reporter.DescribeFleet();
    }
}
