using System.Net;
using Reranker.Grains.Dispatch;
using Reranker.Inference.Workers;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Fleet;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Time;
using Reranker.Simulation.Workload;

namespace Reranker.Simulation.Runs;

/// <summary>
/// A fleet of GPUs under Poisson arrivals in virtual time. Planner, fleet view, worker queue, batch former and cost model
/// are the product's own; threads, network and devices are events. The same case gives the same result.
/// </summary>
internal sealed class SimulationRun
{
    private readonly SimulationCase _case;
    private readonly VirtualTime _time = new();
    private readonly EventQueue _events;
    private readonly DispatchOptions _options = new();
    private readonly SimulatedGpu[][] _gpus;
    private readonly SimulatedSilo[] _silos;
    private readonly Random _arrivals;
    private readonly List<SimulatedRequest> _requests = [];
    private readonly double _capacity;
    private long _planned;
    private long _used;
    private (TimeSpan Busy, long Tokens) _before;
    private (TimeSpan Busy, long Tokens) _after;

    private SimulationRun(SimulationCase @case)
    {
        (_case, _events) = (@case, new EventQueue(_time));
        _arrivals = new Random(@case.Seed);
        var noise = new Random(@case.Seed + 1);
        var count = (@case.Gpus + @case.GpusPerSilo - 1) / @case.GpusPerSilo;
        var addresses = Enumerable.Range(0, count).Select(i => SiloAddress.New(IPAddress.Loopback, 1 + i, 1)).ToArray();
        var cards = @case.Cards;
        _gpus = new SimulatedGpu[count][];
        for (var silo = 0; silo < count; silo++)
        {
            var card = cards[silo % cards.Count];
            _gpus[silo] =
            [
                .. Enumerable.Range(0, Math.Min(@case.GpusPerSilo, @case.Gpus - (silo * @case.GpusPerSilo)))
                    .Select(i => new SimulatedGpu(i, card, @case.Policy, _time, _events, noise) { TimeBetweenRuns = @case.TimeBetweenRuns }),
            ];
            _capacity += _gpus[silo].Length * @case.Texts.ComputeCapacity(card, new WorkerOptions().TargetBatchTime);
            foreach (var gpu in _gpus[silo])
            {
                gpu.Siblings = _gpus[silo];
            }
        }

        _silos = [.. Enumerable.Range(0, count).Select(i => new SimulatedSilo(i, addresses, _gpus, _time, _options, @case.Seed + 2 + i))];
    }

    /// <summary>Runs a case to its end.</summary>
    public static SimulationResult Execute(SimulationCase @case)
    {
        var run = new SimulationRun(@case);
        foreach (var tenant in @case.Tenants)
        {
            run.PlanArrival(tenant, new ArrivalProcess(run.ComputeRate(tenant), @case.Burst, run._arrivals));
        }

        run.WatchQueues();
        run._events.PlanAt(@case.WarmUp, () => run.NoteWork(ref run._before));
        run._events.PlanAt(@case.End, () => run.NoteWork(ref run._after));
        run._events.RunUntil(@case.End + @case.Tenants.Max(t => t.Deadline));
        return run.SumUp();
    }

    private double ComputeRate(Tenant tenant) => _case.RequestsPerSecond
        ?? _case.Load * _capacity / _case.Tenants.Count / (tenant.MeanPassages * _case.Texts.MeanPairTokens);

    private void PlanArrival(Tenant tenant, ArrivalProcess arrivals)
    {
        var next = arrivals.DrawNext(_events.Now);
        if (next >= _case.End)
        {
            return;
        }

        _events.PlanAt(next, () =>
        {
            var work = _case.Texts.DrawRequest(_arrivals.Next(tenant.MinPassages, tenant.MaxPassages + 1), _arrivals);
            var request = new SimulatedRequest(_requests.Count, tenant, work, _events.Now);
            _requests.Add(request);
            PlanDispatch(request, _silos[_arrivals.Next(_silos.Length)]);
            PlanArrival(tenant, arrivals);
        });
    }

    // What is around the silos comes before them all: no order of events depends on how it is shared out.
    private void PlanDispatch(SimulatedRequest request, SimulatedSilo silo)
    {
        if (_case.TimeAround > TimeSpan.Zero)
        {
            _events.PlanAfter(_case.TimeAround, () => Dispatch(request, silo));
        }
        else
        {
            Dispatch(request, silo);
        }
    }

    private void Dispatch(SimulatedRequest request, SimulatedSilo silo)
    {
        var workers = silo.FindEligible();
        var plan = SubBatchPlanner.CreatePlan(request.Work, Array.ConvertAll(workers, w => silo.Chooser.CreateCandidate(w, Card.Identity)), _options, silo.Random);
        if (_case.Policy == Policy.Ours && plan.MinSeconds > (request.Deadline - _events.Now).TotalSeconds)
        {
            request.Finish(RequestEnd.Refused, _events.Now);
            return;
        }

        _planned++;
        _used += plan.Workers;
        request.PartsLeft = plan.SubBatches.Length;
        foreach (var subBatch in plan.SubBatches)
        {
            new SimulatedPart(request, subBatch, silo, _events, _options).SendTo(workers[subBatch.Candidate]);
        }

        _events.PlanAt(request.Deadline, () => request.Finish(RequestEnd.Expired, _events.Now));
    }

    private void WatchQueues()
    {
        foreach (var gpu in _gpus.SelectMany(g => g))
        {
            gpu.EndExpired();
        }

        if (_events.Now < _case.End)
        {
            _events.PlanAfter(TimeSpan.FromMilliseconds(100), WatchQueues);
        }
    }

    private void NoteWork(ref (TimeSpan Busy, long Tokens) noted)
    {
        var gpus = _gpus.SelectMany(g => g).ToArray();
        noted = (TimeSpan.FromTicks(gpus.Sum(g => g.BusyTime.Ticks)), gpus.Sum(g => g.RunTokens));
    }

    private SimulationResult SumUp()
    {
        var counted = _requests.Where(r => r.Arrival >= _case.WarmUp).ToArray();
        var window = (_case.End - _case.WarmUp).TotalSeconds;
        var good = _requests.Where(r => r.End == RequestEnd.Ok && r.EndedAt >= _case.WarmUp && r.EndedAt < _case.End).Sum(r => r.Tokens);
        var useful = _requests.Where(r => r.End == RequestEnd.Ok).Sum(r => r.Tokens);
        var run = _gpus.SelectMany(g => g).Sum(g => g.RunTokens);
        var search = ListLatencies(counted, RequestKind.Search);
        return new SimulationResult(
            _case,
            counted.Length,
            good / (window * _capacity),
            Share(counted, r => r.End == RequestEnd.Ok),
            Share(counted, r => r.End == RequestEnd.Refused),
            Statistics.FindPercentile(search, 0.5),
            Statistics.FindPercentile(search, 0.99),
            Statistics.FindPercentile(ListLatencies(counted, RequestKind.Small), 0.99),
            ShareAnswered(counted, RequestKind.Small),
            ShareAnswered(counted, RequestKind.Hasty),
            ShareAnswered(counted, RequestKind.Bulk),
            Statistics.FindPercentile(ListLatencies(counted, RequestKind.Bulk), 0.99),
            Statistics.ComputeJain([.. _case.Tenants.Select(t => ShareServed(counted, t))]),
            run == 0 ? 0 : 1 - ((double)useful / run),
            _planned == 0 ? 0 : (double)_used / _planned)
        {
            BusyShare = (_after.Busy - _before.Busy).TotalSeconds / (window * _case.Gpus),
            RunTokensPerSecond = (_after.Tokens - _before.Tokens) / window,
            GoodTokensPerSecond = good / window,
        };
    }

    private static double[] ListLatencies(SimulatedRequest[] requests, RequestKind kind)
        => [.. requests.Where(r => r.End == RequestEnd.Ok && r.Tenant.Kind == kind).Select(r => (r.EndedAt - r.Arrival).TotalMilliseconds).Order()];

    private static double ShareAnswered(SimulatedRequest[] requests, RequestKind kind)
        => Share([.. requests.Where(r => r.Tenant.Kind == kind)], r => r.End == RequestEnd.Ok);

    private static double Share(SimulatedRequest[] requests, Func<SimulatedRequest, bool> holds)
        => requests.Length == 0 ? 0 : (double)requests.Count(holds) / requests.Length;

    private static double ShareServed(SimulatedRequest[] requests, Tenant tenant)
    {
        var own = requests.Where(r => r.Tenant == tenant).ToArray();
        return own.Length == 0 ? 0 : own.Where(r => r.End == RequestEnd.Ok).Sum(r => (double)r.Tokens) / own.Sum(r => (double)r.Tokens);
    }
}
