using Reranker.Fleet;
using Reranker.Grains.Wire;
using Reranker.Inference.Scoring;

namespace Reranker.Grains.Workers;

/// <summary>The workers of this silo, by ordinal. They live as long as the process; grains only address them.</summary>
internal sealed class WorkerRegistry(IWorkerHost host)
{
    /// <summary>The worker of that ordinal, or null.</summary>
    public IScoringWorker? FindWorker(int ordinal)
    {
        foreach (var worker in host.Workers)
        {
            if (worker.Ordinal == ordinal)
            {
                return worker;
            }
        }

        return null;
    }

    /// <summary>Describes every worker as it is now.</summary>
    public WorkerDescription[] DescribeWorkers() => [.. host.Workers.Select(DescribeWorker)];

    private static WorkerDescription DescribeWorker(IScoringWorker worker)
    {
        // Its number comes first: a description with a higher one knows of every change that was made before.
        var load = worker.Status.ToLoad();
        var engines = worker.Engines;
        var first = engines.Count > 0 ? engines[0] : null;
        return new WorkerDescription
        {
            Ordinal = worker.Ordinal,
            Device = first?.Device ?? "",
            ExecutionProvider = first?.ExecutionProvider ?? "",
            FallbackReason = first?.FallbackReason,
            Lanes = first?.Lanes ?? 0,
            MaxBatchTokens = first?.MaxBatchTokens ?? 0,
            Models = [.. engines.Select(e => new ModelInfo
            {
                Name = e.ModelName,
                Identity = e.ModelIdentity,
                Precision = e.Precision,
                Calibration = e.Calibration,
                MaxPairTokens = e.MaxPairTokens,
                VocabularySize = e.VocabularySize,
            })],
            Load = load,
        };
    }
}
