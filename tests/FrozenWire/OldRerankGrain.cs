using Orleans.Concurrency;

namespace Reranker.FrozenWire;

/// <summary>Gives every passage its place and its length as a logit, and refuses what it was not sent as it is sent today.</summary>
[StatelessWorker(1, false), Reentrant]
internal sealed class OldRerankGrain : Grain, IRerankGrain
{
    public Task<RerankReply> RerankAsync(RerankRequest request, CancellationToken cancellationToken)
    {
        var sane = request is { Query.Length: > 0, RemainingMilliseconds: > 0, Truncation: { Allowed: true, Strategy: TruncationStrategy.OnlySecond }, Tenant: "" };
        return Task.FromResult(!sane
            ? new RerankReply { Outcome = RerankOutcome.Invalid, Error = "The request was not read as it was meant." }
            : new RerankReply
            {
                Outcome = RerankOutcome.Ok,
                Logits = [.. request.Passages.Select(static (passage, i) => i + (passage.Length / 1000f))],
                PairTokens = [.. request.Passages.Select(static passage => passage.Length)],
                QueryTokens = request.Query.Length,
                Model = "old",
                ModelIdentity = "first",
                Timings = new RerankTimings { TotalMicroseconds = 5, SubBatches = 1 },
                Hint = new FleetHint { TokensPerSecond = 1_000, TokensPerCharacter = 0.25, ReadyWorkers = 1 },
            });
    }
}
