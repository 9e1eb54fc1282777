using System.Net;
using Reranker.Grains.Dispatch;
using Reranker.Inference.Workers;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Fleet;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Workload;

namespace Reranker.Simulation;

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

    private SimulationRun(SimulationCase @case)
    {
        (_case, _events) = (@case, new EventQueue(_time));
        _arrivals = new Random(@case.Seed);
        var noise = new Random(@case.Seed + 1);
        var count = (@case.Gpus + SimulationCase.GpusPerSilo - 1) / SimulationCase.GpusPerSilo;
        var addresses = Enumerable.Range(0, count).Select(i => SiloAddress.New(IPAddress.Loopback, 1 + i, 1)).ToArray();
        var cards = Cards(@case.Fleet);
        _gpus = new SimulatedGpu[count][];
        for (var silo = 0; silo < count; silo++)
        {
            var card = cards[silo % cards.Length];
            _gpus[silo] =
            [
                .. Enumerable.Range(0, Math.Min(SimulationCase.GpusPerSilo, @case.Gpus - (silo * SimulationCase.GpusPerSilo)))
                    .Select(i => new SimulatedGpu(i, card, @case.Policy, _time, _events, noise)),
            ];
            _capacity += _gpus[silo].Length * Texts.Capacity(card, new WorkerOptions().TargetBatchTime);
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
            run.PlanArrival(tenant);
        }

        run.Watch();
        run._events.RunUntil(@case.End + @case.Tenants.Max(t => t.Deadline));
        return run.Sum();
    }

    private static Card[] Cards(FleetKind fleet) => fleet switch
    {
        FleetKind.H100 => [Card.H100()],
        FleetKind.A10G => [Card.A10G()],
        _ => [Card.H100(), Card.A10G()],
    };

    private void PlanArrival(Tenant tenant)
    {
        var rate = _case.Load * _capacity / _case.Tenants.Count / (tenant.MeanPassages * Texts.MeanPairTokens);
        var next = _events.Now + TimeSpan.FromSeconds(-Math.Log(1 - _arrivals.NextDouble()) / rate);
        if (next >= _case.End)
        {
            return;
        }

        _events.At(next, () =>
        {
            var work = Texts.Draw(_arrivals.Next(tenant.MinPassages, tenant.MaxPassages + 1), _arrivals);
            var request = new SimulatedRequest(_requests.Count, tenant, work, _events.Now);
            _requests.Add(request);
            Dispatch(request, _silos[_arrivals.Next(_silos.Length)]);
            PlanArrival(tenant);
        });
    }

    private void Dispatch(SimulatedRequest request, SimulatedSilo silo)
    {
        var workers = silo.Eligible();
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
            new SimulatedPart(request, subBatch, silo, _events, _options).Send(workers[subBatch.Candidate]);
        }

        _events.At(request.Deadline, () => request.Finish(RequestEnd.Expired, _events.Now));
    }

    private void Watch()
    {
        foreach (var gpu in _gpus.SelectMany(g => g))
        {
            gpu.Watch();
        }

        if (_events.Now < _case.End)
        {
            _events.After(TimeSpan.FromMilliseconds(100), Watch);
        }
    }

    private SimulationResult Sum()
    {
        var counted = _requests.Where(r => r.Arrival >= _case.WarmUp).ToArray();
        var window = (_case.End - _case.WarmUp).TotalSeconds;
        var good = _requests.Where(r => r.End == RequestEnd.Ok && r.EndedAt >= _case.WarmUp && r.EndedAt < _case.End).Sum(r => r.Tokens);
        var useful = _requests.Where(r => r.End == RequestEnd.Ok).Sum(r => r.Tokens);
        var run = _gpus.SelectMany(g => g).Sum(g => g.RunTokens);
        var search = Latencies(counted, RequestKind.Search);
        return new SimulationResult(
            _case,
            counted.Length,
            good / (window * _capacity),
            Share(counted, r => r.End == RequestEnd.Ok),
            Share(counted, r => r.End == RequestEnd.Refused),
            Statistics.Percentile(search, 0.5),
            Statistics.Percentile(search, 0.99),
            Statistics.Percentile(Latencies(counted, RequestKind.Small), 0.99),
            ShareOk(counted, RequestKind.Small),
            ShareOk(counted, RequestKind.Hasty),
            ShareOk(counted, RequestKind.Bulk),
            Statistics.Percentile(Latencies(counted, RequestKind.Bulk), 0.99),
            Statistics.Jain([.. _case.Tenants.Select(t => Served(counted, t))]),
            run == 0 ? 0 : 1 - ((double)useful / run),
            _planned == 0 ? 0 : (double)_used / _planned);
    }

    private static double[] Latencies(SimulatedRequest[] requests, RequestKind kind)
        => [.. requests.Where(r => r.End == RequestEnd.Ok && r.Tenant.Kind == kind).Select(r => (r.EndedAt - r.Arrival).TotalMilliseconds).Order()];

    private static double ShareOk(SimulatedRequest[] requests, RequestKind kind)
        => Share([.. requests.Where(r => r.Tenant.Kind == kind)], r => r.End == RequestEnd.Ok);

    private static double Share(SimulatedRequest[] requests, Func<SimulatedRequest, bool> holds)
        => requests.Length == 0 ? 0 : (double)requests.Count(holds) / requests.Length;

    private static double Served(SimulatedRequest[] requests, Tenant tenant)
    {
        var own = requests.Where(r => r.Tenant == tenant).ToArray();
        return own.Length == 0 ? 0 : own.Where(r => r.End == RequestEnd.Ok).Sum(r => (double)r.Tokens) / own.Sum(r => (double)r.Tokens);
    }
}
