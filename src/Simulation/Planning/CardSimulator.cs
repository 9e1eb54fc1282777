using Reranker.Inference.Costs;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Runs;
using Reranker.Simulation.Workload;

namespace Reranker.Simulation.Planning;

/// <summary>
/// Simulates nodes of one kind of card under one demand, each number of them once. Many are simulated as a few with their share of the
/// requests: a larger fleet waits no longer than a smaller one that has as much to do a card.
/// </summary>
internal sealed class CardSimulator
{
    // Gateway, network and tokenizing: over HTTP one client with 8 passages waited 2.4 ms (H200) to 2.9 ms (H100) longer than its run took.
    private static readonly TimeSpan TimeAround = TimeSpan.FromMilliseconds(2.5);

    // A server's runs take a little longer than those of an engine that is alone and is given full batches. Fitted: with it nine
    // measured rates and latencies are met, and a test holds it to them.
    private static readonly TimeSpan TimeBetweenRuns = TimeSpan.FromMilliseconds(0.35);

    private const int MaxCards = 16;
    private const int MaxCardsOverloaded = 4;
    private const double MaxPairsOverloaded = 2_000_000;
    private const int CountedRequests = 4_000;
    private const double CountedShare = 0.8;
    private const double MaxPairs = 800_000;
    private const double MinSeconds = 4;
    private const double MinBurstSeconds = 60;
    private const double SaturatedSeconds = 8;
    private const double SaturatingLoad = 1.3;

    // Batches merge requests, so how a card's rate is asked for does not change it; ten thousands of tiny requests would only wait in a long queue.
    private const int MinSaturatingPassages = 25;
    private const int IdleCards = 32;
    private const int IdleRequests = 400;
    private const double IdleLoad = 0.02;

    private readonly Dictionary<int, FleetOutcome> _known = [];
    private readonly Card _card;
    private readonly FleetDemand _demand;
    private readonly Texts _texts;
    private readonly Lazy<double> _pairsPerCard;

    public CardSimulator(CardCosts costs, FleetDemand demand)
    {
        (_card, _demand) = (Card.FromCosts(costs), demand);
        _texts = demand.PassageTokens.Count > 0
            ? Texts.FromPassages(demand.PassageTokens, demand.QueryTokens, costs.MaxPairTokens)
            : Texts.FromMean(demand.MeanPassageTokens, demand.QueryTokens, costs.MaxPairTokens);
        _pairsPerCard = new Lazy<double>(MeasureSaturated);
    }

    /// <summary>Pairs a second that the demand is.</summary>
    public double AskedPairs => _demand.RequestsPerSecond * _demand.Passages;

    /// <summary>Pairs a second of one card that always has work waiting.</summary>
    public double PairsPerCard => _pairsPerCard.Value;

    /// <summary>What nodes that have next to nothing to do make of a request: no fleet of such cards is faster.</summary>
    public FleetOutcome SimulateIdle()
    {
        var nodes = Math.Clamp(IdleCards / _demand.CardsPerNode, 1, _demand.MaxNodes);
        var rate = Math.Min(_demand.RequestsPerSecond, IdleLoad * PairsPerCard / _demand.Passages);
        return Simulate(nodes, CreateCase(nodes, rate, IdleRequests / rate) with { Burst = 1 });
    }

    /// <summary>What so many nodes make of the demand.</summary>
    public FleetOutcome SimulateNodes(int nodes)
    {
        if (!_known.TryGetValue(nodes, out var outcome))
        {
            _known[nodes] = outcome = nodes == 0 ? FleetOutcome.None : SimulateShare(nodes);
        }

        return outcome;
    }

    private FleetOutcome SimulateShare(int nodes)
    {
        var overload = AskedPairs / (PairsPerCard * nodes * _demand.CardsPerNode);
        var simulated = Math.Min(nodes, Math.Max(1, (overload > 1 ? MaxCardsOverloaded : MaxCards) / _demand.CardsPerNode));
        var share = (double)simulated / nodes;
        var rate = _demand.RequestsPerSecond * share;
        var outcome = Simulate(nodes, overload > 1 ? CreateOverload(simulated, rate, overload) : CreateCase(simulated, rate, FindSeconds(rate)));
        return outcome with { PairsPerSecond = outcome.PairsPerSecond / share };
    }

    // Where more is asked for than can be done, waiting grows until it is as long as the deadline: what comes after that is what stays.
    private SimulationCase CreateOverload(int nodes, double rate, double overload)
    {
        var most = MaxPairsOverloaded / (rate * _demand.Passages);
        var fills = Math.Min(_demand.Deadline.TotalSeconds / (overload - 1), Math.Max(most, MinSeconds));
        return CreateCase(nodes, rate, fills + FindSeconds(rate)) with { WarmUp = TimeSpan.FromSeconds(fills) };
    }

    private double MeasureSaturated()
    {
        var result = SimulationRun.Execute(CreateCase(1, 0, SaturatedSeconds) with
        {
            Gpus = 1,
            GpusPerSilo = 1,
            Tenants = [CreateTenant(Math.Max(_demand.Passages, MinSaturatingPassages), TimeSpan.FromMinutes(10))],
            Load = SaturatingLoad,
            RequestsPerSecond = null,
            Burst = 1,
        });
        return result.RunTokensPerSecond / _texts.MeanPairTokens;
    }

    private FleetOutcome Simulate(int nodes, SimulationCase @case)
    {
        var result = SimulationRun.Execute(@case);
        return new FleetOutcome(
            nodes,
            result.BusyShare,
            TimeSpan.FromMilliseconds(result.SearchP50),
            TimeSpan.FromMilliseconds(result.SearchP99),
            1 - result.Ok,
            result.GoodTokensPerSecond / _texts.MeanPairTokens,
            result.Requests);
    }

    private static Tenant CreateTenant(int passages, TimeSpan deadline) => new("demand", RequestKind.Search, passages, passages, deadline);

    private SimulationCase CreateCase(int nodes, double rate, double seconds)
        => new([_card], nodes * _demand.CardsPerNode, Load: 0, Policy.Ours, seconds, _demand.Seed, [CreateTenant(_demand.Passages, _demand.Deadline)])
        {
            GpusPerSilo = _demand.CardsPerNode,
            Texts = _texts,
            RequestsPerSecond = rate,
            Burst = _demand.Burst,
            TimeAround = TimeAround,
            TimeBetweenRuns = TimeBetweenRuns,
        };

    // As long as it takes to count enough requests.
    private double FindSeconds(double rate)
    {
        var seconds = Math.Max(_demand.Burst > 1 ? MinBurstSeconds : MinSeconds, CountedRequests / rate / CountedShare);
        return Math.Min(seconds, Math.Max(MinSeconds, MaxPairs / (rate * _demand.Passages)));
    }
}
