using Reranker.Fleet;
using Reranker.Grains.Models;

namespace Reranker.Grains.Fleet;

/// <summary>Puts the fleet into the words of the edge: the full description, and the hint that every reply carries.</summary>
internal sealed class FleetReporter(FleetView fleet, IModelCatalog catalog, DirectivesCell directives, TokenDensities densities)
{
    /// <summary>The whole fleet; the default model comes first.</summary>
    public FleetInfo Describe()
    {
        var snapshot = fleet.Current;
        var told = directives.Current;
        var order = catalog.Models.Select((m, i) => (m.Identity, i)).ToDictionary(p => p.Identity, p => p.i);
        ModelInfo[] models =
        [
            .. snapshot.Models()
                .OrderBy(m => m.Name != catalog.DefaultName)
                .ThenByDescending(m => told.IsRetired(m.Identity) ? -1 : told.WeightOf(m.Name, m.Identity) ?? 0)
                .ThenBy(m => order.GetValueOrDefault(m.Identity, int.MaxValue))
                .ThenBy(m => m.Name, StringComparer.Ordinal)
                .ThenBy(m => m.Identity, StringComparer.Ordinal),
        ];
        return new FleetInfo
        {
            Models = models,
            Workers = [.. snapshot.Workers.Select(Describe)],
            Hint = models.Length == 0 ? default : Hint(models[0].Identity),
            Hints = Array.ConvertAll(models, m => Hint(m.Identity)),
        };
    }

    /// <summary>What the edge may know of one model's workers.</summary>
    public FleetHint Hint(string identity)
    {
        var ready = new List<(double TokensPerSecond, TimeSpan Wait)>();
        foreach (var worker in fleet.Current.Serving(identity))
        {
            worker.ReadLocal();
            var model = worker.Estimate.GetModel(identity);
            if (model.TakesWork)
            {
                ready.Add((model.TokensPerSecond, model.Wait));
            }
        }

        return new FleetHint
        {
            ExpectedWaitMilliseconds = (int)Math.Min(FleetWait.Of(ready).TotalMilliseconds, int.MaxValue),
            TokensPerSecond = ready.Sum(static w => w.TokensPerSecond),
            TokensPerCharacter = densities.GetValue(identity),
            ReadyWorkers = ready.Count,
            ModelIdentity = identity,
        };
    }

    private static WorkerInfo Describe(FleetWorker worker) => new()
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
