using Reranker.Client;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Fakes;

internal sealed class ScriptedFleet : IFleetInfo
{
    /// <summary>What it says of each identity.</summary>
    public Dictionary<string, FleetHint> Hints { get; } = [];

    public FleetInfo? Info { get; set; } = new()
    {
        Models = [new ModelInfo { Name = ScriptedReranker.Model, Identity = "abc123", Precision = "fp16", MaxPairTokens = 1024, ReadyWorkers = 1 }],
        Workers = [new WorkerInfo { Key = "S1#0", Silo = "s1", Device = "GPU", ExecutionProvider = "CUDA", ModelIdentities = ["abc123"], MaxBatchTokens = 8192 }],
    };

    public bool IsReachable { get; set; } = true;

    public FleetHint? FindHint(string? model) => model is not null && Hints.TryGetValue(model, out var hint) ? hint : null;

    public Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken) => Info is { } info
        ? Task.FromResult(info)
        : Task.FromException<FleetInfo>(new RerankException(RerankOutcome.Unavailable, "nobody"));
}
