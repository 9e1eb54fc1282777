using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Rollout;

/// <summary>The models of all silos that answered, put together.</summary>
/// <param name="Directives">What they know together.</param>
/// <param name="Models">One entry an identity.</param>
/// <param name="SilentSilos">Those that did not answer.</param>
internal sealed record FleetModels(ModelDirectives Directives, ModelState[] Models, string[] SilentSilos)
{
    /// <summary>Puts answers together.</summary>
    public static FleetModels MergeSilos(SiloModels[] silos, string[] silent, string? defaultName, Func<string, int> readyWorkers)
    {
        var told = silos.Aggregate(ModelDirectives.None, (all, silo) => all.Merge(silo.Directives));
        var models = silos
            .SelectMany(s => s.Models.Select(m => (s.Silo, Model: m)))
            .GroupBy(p => p.Model.Identity)
            .Select(g => new ModelState
            {
                Name = g.First().Model.Name,
                Identity = g.Key,
                IsDefault = g.First().Model.Name == defaultName,
                Weight = told.FindWeight(g.First().Model.Name, g.Key),
                ReadyWorkers = readyWorkers(g.Key),
                Silos =
                [
                    .. g.OrderBy(p => p.Silo, StringComparer.Ordinal).Select(p => new SiloModelState
                    {
                        Silo = p.Silo,
                        Phase = p.Model.Phase,
                        Error = p.Model.Error,
                        PinnedRequests = p.Model.Pins,
                    }),
                ],
            });
        return new FleetModels(told, [.. models.OrderBy(m => !m.IsDefault).ThenBy(m => m.Name, StringComparer.Ordinal)], silent);
    }

    /// <summary>The models of a name that are not on their way out.</summary>
    public IEnumerable<ModelState> FindStaying(string name) => Models.Where(m => m.Name == name && !Directives.IsRetired(m.Identity));

    /// <summary>A reply that says so.</summary>
    public ModelAdminReply CreateReply(ModelAdminOutcome outcome, string? error = null)
        => new() { Outcome = outcome, Error = error, Models = Models, SilentSilos = SilentSilos };
}
