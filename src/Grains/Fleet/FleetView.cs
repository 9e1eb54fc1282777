using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.Grains.Logging;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;
using Reranker.Grains.Primitives;
using Reranker.Grains.Workers;
using Reranker.Workers;

namespace Reranker.Grains.Fleet;

/// <summary>
/// This silo's picture of the fleet: which workers exist (from membership and the silos' own descriptions) and how busy
/// they are (from replies, and from the workers themselves when a picture has grown old).
/// </summary>
internal sealed partial class FleetView(
    IGrainFactory grains,
    WorkerRegistry registry,
    ILocalSiloDetails localSilo,
    DirectiveStore directives,
    RandomSource random,
    TimeProvider time,
    IOptions<FleetOptions> options,
    ILogger<FleetView> logger)
{
    private readonly Lock _lock = new();
    private FleetSnapshot _current = FleetSnapshot.Empty;

    // Null until the membership is known.
    private IReadOnlySet<SiloAddress>? _active;

    /// <summary>Active silos of the cluster, this one included.</summary>
    public int Silos => Volatile.Read(ref _active)?.Count ?? 1;

    /// <summary>The fleet now.</summary>
    public FleetSnapshot Current => Volatile.Read(ref _current);

    /// <summary>
    /// Takes in what a silo says of itself; workers already known keep what is known of their load. Descriptions may come
    /// in another order than they were made, and after their silo has left: what is out of date is ignored.
    /// </summary>
    public void ApplyDescription(SiloAddress silo, SiloDescription description)
    {
        bool isNew;
        lock (_lock)
        {
            if (_active?.Contains(silo) == false)
            {
                return;
            }

            isNew = !_current.Workers.Any(w => w.Key.Silo.Equals(silo));
            var known = _current.Workers.Where(w => w.Key.Silo.Equals(silo)).ToDictionary(w => w.Key.Ordinal);
            var workers = description.Workers.Select(d =>
            {
                var worker = known.TryGetValue(d.Ordinal, out var old) ? old.WithDescription(d) : CreateWorker(silo, description.Name, d);
                worker.Estimate.TakeReport(d.Load);
                return worker;
            });
            PublishSnapshot(_current.Workers.Where(w => !w.Key.Silo.Equals(silo)).Concat(workers));
        }

        if (isNew && description.Workers.Length > 0)
        {
            LogSilo(silo, description.Workers.Length);
        }
    }

    /// <summary>Forgets the workers of every silo but these.</summary>
    public void ForgetOtherSilos(IReadOnlySet<SiloAddress> silos)
    {
        lock (_lock)
        {
            Volatile.Write(ref _active, silos);
            if (_current.Workers.Any(w => !silos.Contains(w.Key.Silo)))
            {
                PublishSnapshot(_current.Workers.Where(w => silos.Contains(w.Key.Silo)));
            }
        }
    }

    /// <summary>Asks a silo what it serves, and takes it in.</summary>
    public async Task LearnSiloAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        if (silo.Equals(localSilo.SiloAddress))
        {
            ApplyDescription(silo, new SiloDescription { Name = localSilo.Name, Workers = registry.DescribeWorkers() });
            return;
        }

        using var limit = new CancellationTokenSource(options.Value.QueryTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var description = await grains.GetGrain<ISiloWorkersGrain>(silo.ToParsableString()).DescribeAsync(linked.Token);
        ApplyDescription(silo, description);
        directives.AdoptNewerEntries(description.Directives);
    }

    /// <summary>
    /// Reads local loads, and starts asking remote workers whose report is old, one question a worker at a time.
    /// The answers arrive later; the returned task completes when they have.
    /// </summary>
    public Task RefreshStaleAsync(ReadOnlySpan<FleetWorker> workers)
    {
        List<Task>? pending = null;
        foreach (var worker in workers)
        {
            worker.RefreshLocalLoad();
            if (!worker.IsLocal && worker.Estimate.IsStale && worker.Estimate.TryBeginRefresh())
            {
                (pending ??= []).Add(StartAsking(worker));
            }
        }

        return pending is null ? Task.CompletedTask : Task.WhenAll(pending);
    }

    /// <summary>Keeps new work from a worker for a while, because a call to it failed on the way.</summary>
    public void Penalize(FleetWorker worker)
        => worker.Estimate.Penalize(options.Value.Penalty * (1 + random.NextDouble()));

    /// <summary>Keeps new work from all workers of a silo for a while, because it stopped answering.</summary>
    public void Penalize(SiloAddress silo)
    {
        foreach (var worker in Current.Workers)
        {
            if (worker.Key.Silo.Equals(silo))
            {
                Penalize(worker);
            }
        }
    }

    // Not on the caller's grain scheduler, and not of its trace: the question may outlive the request that raised it.
    private Task StartAsking(FleetWorker worker)
    {
        using var ownFlow = ExecutionContext.SuppressFlow();
        return Task.Run(() => AskLoadAsync(worker));
    }

    private async Task AskLoadAsync(FleetWorker worker)
    {
        try
        {
            using var limit = new CancellationTokenSource(options.Value.QueryTimeout, time);
            worker.Estimate.TakeReport(await worker.Grain.GetLoadAsync(limit.Token));
        }
        catch (Exception e)
        {
            LogLoadUnknown(e, worker.Name);
            Penalize(worker);
        }
        finally
        {
            worker.Estimate.EndRefresh();
        }
    }

    private FleetWorker CreateWorker(SiloAddress silo, string siloName, WorkerDescription description)
    {
        var key = new WorkerKey(silo, description.Ordinal);
        return new FleetWorker(
            key,
            siloName,
            description,
            grains.GetGrain<IGpuWorkerGrain>(key.ToString()),
            new WorkerEstimate(time, options.Value),
            silo.Equals(localSilo.SiloAddress) ? registry.FindWorker(description.Ordinal) : null);
    }

    private void PublishSnapshot(IEnumerable<FleetWorker> workers)
        => Volatile.Write(
            ref _current,
            new FleetSnapshot([.. workers.OrderBy(w => w.Key.Silo.ToParsableString(), StringComparer.Ordinal).ThenBy(w => w.Key.Ordinal)]));

    [LoggerMessage(GrainsEventIds.SiloDescribed, LogLevel.Information, "Silo {Silo} has {Workers} workers")]
    private partial void LogSilo(SiloAddress silo, int workers);

    [LoggerMessage(GrainsEventIds.LoadUnknown, LogLevel.Debug, "Worker {Worker} does not tell its load")]
    private partial void LogLoadUnknown(Exception exception, string worker);
}
