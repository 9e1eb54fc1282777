using Microsoft.Extensions.Options;
using Reranker.Grains.Fleet;
using Reranker.Grains.Primitives;

namespace Reranker.Grains.Dispatch;

/// <summary>Offers workers to the planner, and chooses the next one for a sub-batch whose worker failed it.</summary>
internal sealed class WorkerChooser(FleetView fleet, RandomSource random, IOptions<DispatchOptions> options)
{
    /// <summary>
    /// The workers that may take work for an identity: those without a recent failure, or else all that have not
    /// refused. Empty when there is none. Shared by all who ask: never changed.
    /// </summary>
    public FleetWorker[] FindEligible(string identity)
    {
        var serving = fleet.Current.GetWorkers(identity);

        // Not awaited: this request plans by what is known now, the next ones by the answers.
        _ = fleet.RefreshStaleAsync(serving);
        var eligible = FilterWorkers(serving, identity, static (w, id) => w.IsEligible(id));
        return eligible.Length > 0 ? eligible : FilterWorkers(serving, identity, static (w, id) => w.TakesWork(id));
    }

    /// <summary>How the planner sees a worker for work of a model.</summary>
    public WorkerCandidate CreateCandidate(FleetWorker worker, string identity)
    {
        var model = worker.Estimate.GetModel(identity);
        var overhead = worker.IsLocal ? options.Value.LocalOverhead : options.Value.RemoteOverhead;
        return new WorkerCandidate((model.Wait + overhead).TotalSeconds, model.TokensPerSecond, worker.IsLocal);
    }

    /// <summary>
    /// The next worker: the better of two drawn from those not tried; without any, the best of those that may do
    /// better the next time; null when nobody is left.
    /// </summary>
    public FleetWorker? ChooseNext(string identity, IReadOnlyDictionary<string, AttemptEnd> tried, long tokens)
    {
        var eligible = FindEligible(identity);
        var fresh = Array.FindAll(eligible, w => !tried.ContainsKey(w.Name));
        if (fresh.Length == 0)
        {
            // A penalised worker that was not tried is better than a repetition.
            fresh = [.. fleet.Current.GetWorkers(identity).Where(w => w.TakesWork(identity) && !tried.ContainsKey(w.Name))];
        }

        return ChooseBetterOfTwo(fresh, identity, tokens) ?? fleet.Current.GetWorkers(identity)
            .Where(w => w.TakesWork(identity) && tried.TryGetValue(w.Name, out var end) && AttemptPolicy.MayRepeatOnSameWorker(end))
            .MinBy(w => CreateCandidate(w, identity).EstimateFinish(tokens));
    }

    /// <summary>
    /// A worker for a copy of work that others already have: the better of two drawn from those that have answered lately
    /// and were not tried; null when there is none.
    /// </summary>
    public FleetWorker? ChooseForCopy(string identity, Predicate<FleetWorker> isTried, long tokens)
        => ChooseBetterOfTwo(Array.FindAll(FindEligible(identity), w => w.IsEligible(identity) && !isTried(w)), identity, tokens);

    /// <summary>Shortest expected wait of an identity's workers.</summary>
    public TimeSpan FindShortestWait(string identity)
        => fleet.Current.GetWorkers(identity).Select(w => w.Estimate.GetModel(identity).Wait).DefaultIfEmpty(TimeSpan.Zero).Min();

    // All of them is the usual answer, and then it is the fleet's own array.
    private static FleetWorker[] FilterWorkers(FleetWorker[] workers, string identity, Func<FleetWorker, string, bool> isWanted)
    {
        for (var i = 0; i < workers.Length; i++)
        {
            if (!isWanted(workers[i], identity))
            {
                return CopyWithoutUnwanted(workers, i, identity, isWanted);
            }
        }

        return workers;
    }

    // Apart, because what a lambda captures is allocated where its method begins.
    private static FleetWorker[] CopyWithoutUnwanted(FleetWorker[] workers, int firstUnwanted, string identity, Func<FleetWorker, string, bool> isWanted)
        => [.. workers.Take(firstUnwanted), .. workers.Skip(firstUnwanted + 1).Where(w => isWanted(w, identity))];

    private FleetWorker? ChooseBetterOfTwo(FleetWorker[] workers, string identity, long tokens)
    {
        if (workers.Length == 0)
        {
            return null;
        }

        var draw = random.Next(workers.Length);
        var first = workers[draw];
        var second = workers[(draw + 1 + random.Next(Math.Max(1, workers.Length - 1))) % workers.Length];
        return CreateCandidate(first, identity).EstimateFinish(tokens) <= CreateCandidate(second, identity).EstimateFinish(tokens) ? first : second;
    }
}
