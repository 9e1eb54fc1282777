using Reranker.Client;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Benchmarks.Edge;

/// <summary>A fleet of one model that scores at once: what is left of a request is the edge's own work.</summary>
internal sealed class InProcessReranker : IReranker, IFleetInfo
{
    private const string Model = "model";

    private static readonly FleetInfo Fleet = new()
    {
        Models = [new ModelInfo { Name = Model, Identity = Model, Precision = "fp32", MaxPairTokens = 1024, ReadyWorkers = 1 }],
        Workers = [],
    };

    public bool IsReachable => true;

    public FleetHint? FindHint(string? model) => null;

    public Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken) => Task.FromResult(Fleet);

    public Task<RerankResponse> TryRerankAsync(string query, IReadOnlyList<string> passages, RerankOptions? options, CancellationToken cancellationToken)
    {
        var scores = new PassageScore[passages.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = new PassageScore(i, FindLogit(passages[i]), passages[i].Length / 4, 0);
        }

        return Task.FromResult(new RerankResponse
        {
            Outcome = RerankOutcome.Ok,
            Result = new RerankResult
            {
                Passages = scores,
                Usage = new RerankUsage(scores.Length * 100, 10, 0, 0),
                Model = Model,
                ModelIdentity = Model,
                Timings = default,
            },
        });
    }

    /// <summary>Some logit that differs between passages.</summary>
    public static float FindLogit(string passage) => (passage.Length % 97) / 10f;
}
