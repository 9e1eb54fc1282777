using Reranker.Fleet;
using Reranker.Grains.Models;

namespace Reranker.Grains.Fleet;

/// <summary>Puts the fleet into the words of the edge: the full description, and the hint that every reply carries.</summary>
internal sealed class FleetReporter(FleetView fleet, IModelCatalog catalog, DirectiveStore directives, TokenDensities densities)
{
    // So many workers' waits are put in order on the stack.
    private const int FewWorkers = 64;

    /// <summary>The whole fleet; the default model comes first.</summary>
    public FleetInfo DescribeFleet()
    {
        var snapshot = fleet.Current;
        var told = directives.Current;
        var order = catalog.Models.Select((m, i) => (m.Identity, i)).ToDictionary(p => p.Identity, p => p.i);
        ModelInfo[] models =
        [
            .. snapshot.Models.Select(m => m.Describe())
                .OrderBy(m => m.Name != catalog.DefaultName)
                .ThenByDescending(m => told.IsRetired(m.Identity) ? -1 : told.FindWeight(m.Name, m.Identity) ?? 0)
                .ThenBy(m => order.GetValueOrDefault(m.Identity, int.MaxValue))
                .ThenBy(m => m.Name, StringComparer.Ordinal)
                .ThenBy(m => m.Identity, StringComparer.Ordinal),
        ];
        return new FleetInfo
        {
            Models = models,
            Workers = [.. snapshot.Workers.Select(DescribeWorker)],
            Hint = models.Length == 0 ? default : CreateHint(models[0].Identity),
            Hints = Array.ConvertAll(models, m => CreateHint(m.Identity)),
        };
    }

    /// <summary>What the edge may know of one model's workers.</summary>
    public FleetHint CreateHint(string identity)
    {
        var serving = fleet.Current.GetWorkers(identity);
        var ready = serving.Length <= FewWorkers
            ? stackalloc (double TokensPerSecond, TimeSpan Wait)[FewWorkers]
            : new (double TokensPerSecond, TimeSpan Wait)[serving.Length];
        var count = 0;
        double rate = 0;
        foreach (var worker in serving)
        {
            worker.RefreshLocalLoad();
            var model = worker.Estimate.GetModel(identity);
            if (model.TakesWork)
            {
                ready[count++] = (model.TokensPerSecond, model.Wait);
                rate += ready[count - 1].TokensPerSecond;
            }
        }

        return new FleetHint
        {
            ExpectedWaitMilliseconds = (int)Math.Min(FleetWait.EstimateWait(ready[..count]).TotalMilliseconds, int.MaxValue),
            TokensPerSecond = rate,
            TokensPerCharacter = densities.GetDensity(identity),
            ReadyWorkers = count,
            ModelIdentity = identity,
        };
    }

    private static WorkerInfo DescribeWorker(FleetWorker worker) => new()
    {
        Key = worker.Name,
        Silo = worker.SiloName,
        Device = worker.Description.Device,
        ExecutionProvider = worker.Description.ExecutionProvider,
        FallbackReason = worker.Description.FallbackReason,
        ModelIdentities = [.. worker.Description.Models.Select(m => m.Identity)],
        Load = worker.Estimate.Load,
        MaxBatchTokens = worker.Description.MaxBatchTokens,
    };
}
