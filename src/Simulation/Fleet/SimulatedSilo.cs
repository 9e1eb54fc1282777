using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;
using Reranker.Grains.Primitives;
using Reranker.Grains.Wire;
using Reranker.Grains.Workers;
using Reranker.Inference.Scoring;
using Reranker.Simulation.Cards;

namespace Reranker.Simulation.Fleet;

/// <summary>One silo: its GPUs, and the product's own view of the whole fleet, as stale as it would be.</summary>
internal sealed class SimulatedSilo
{
    private readonly FleetView _view;
    private readonly Dictionary<string, SimulatedGpu> _gpus = [];

    /// <param name="own">Which of the silos it is.</param>
    /// <param name="silos">All addresses.</param>
    /// <param name="gpus">The GPUs of each silo.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">How work is dispatched.</param>
    /// <param name="seed">Seed of its choices.</param>
    public SimulatedSilo(
        int own, SiloAddress[] silos, SimulatedGpu[][] gpus, TimeProvider time, DispatchOptions options, int seed)
    {
        Random = new RandomSource(new Random(seed));
        var registry = new WorkerRegistry(new Host(gpus[own]));
        _view = new FleetView(
            NoGrains.Create(),
            registry,
            new Details(silos[own]),
            new DirectiveStore(),
            Random,
            time,
            Options.Create(new FleetOptions()),
            NullLogger<FleetView>.Instance);
        for (var silo = 0; silo < silos.Length; silo++)
        {
            _view.ApplyDescription(silos[silo], new SiloDescription
            {
                Name = $"silo-{silo}",
                Workers = new WorkerRegistry(new Host(gpus[silo])).DescribeWorkers(),
            });
            foreach (var gpu in gpus[silo])
            {
                _gpus.Add(new WorkerKey(silos[silo], gpu.Ordinal).ToString(), gpu);
            }
        }

        Chooser = new WorkerChooser(_view, Random, Options.Create(options));
    }

    /// <summary>Its choices.</summary>
    public RandomSource Random { get; }

    /// <summary>The product's chooser over its view.</summary>
    public WorkerChooser Chooser { get; }

    /// <summary>The GPU behind a worker of the view.</summary>
    public SimulatedGpu FindGpu(FleetWorker worker) => _gpus[worker.Name];

    /// <summary>The workers that may take work. Reports that are too old are renewed before, where the product would ask for them.</summary>
    public FleetWorker[] FindEligible()
    {
        foreach (var worker in _view.Current.Workers)
        {
            if (worker.Estimate.IsStale)
            {
                worker.Estimate.TakeReport(FindGpu(worker).Status.ToLoad());
            }
        }

        return Chooser.FindEligible(Card.Identity);
    }

    private sealed class Host(IReadOnlyList<IScoringWorker> workers) : IWorkerHost
    {
        public IReadOnlyList<IScoringWorker> Workers => workers;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Details(SiloAddress address) : ILocalSiloDetails
    {
        public string Name => "simulated";

        public string ClusterId => "";

        public string DnsHostName => "";

        public SiloAddress SiloAddress => address;

        public SiloAddress GatewayAddress => address;
    }
}
