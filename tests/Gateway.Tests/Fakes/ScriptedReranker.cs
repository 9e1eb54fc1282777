using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Reranker.Client;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Fakes;

/// <summary>Scores a passage by its length (logit = length / 10 - 1), or answers what a test scripts.</summary>
internal sealed class ScriptedReranker : IReranker
{
    public const string Model = "bge-reranker-v2-m3";
    public const string Identity = "abc123";
    private const int LeastPairTokens = 6;

    public ConcurrentQueue<(string Query, string[] Passages, RerankOptions Options)> Calls { get; } = new();

    public Func<CancellationToken, Task<RerankResponse>>? Script { get; set; }

    /// <summary>What happens before a query is answered.</summary>
    public Func<string, CancellationToken, Task>? Before { get; set; }

    /// <summary>The parts that a query has before its last, which is what <see cref="TryRerankAsync"/> answers; none by default.</summary>
    public Func<string, CancellationToken, IAsyncEnumerable<RerankPart>>? Parts { get; set; }

    /// <summary>Changes the success of a query.</summary>
    public Func<string, RerankResponse, RerankResponse> Change { get; set; } = static (_, response) => response;

    public int CutTokens { get; set; }

    /// <summary>Logit of a query and a passage.</summary>
    public Func<string, string, float> Logit { get; set; } = static (_, passage) => LogitOf(passage);

    public static float LogitOf(string passage) => (passage.Length / 10f) - 1;

    public async Task<RerankResponse> TryRerankAsync(
        string query, IReadOnlyList<string> passages, RerankOptions? options, CancellationToken cancellationToken)
    {
        // Before the call can be seen: a test that waits for it and then writes another script means the calls to come.
        var script = Script;
        Calls.Enqueue((query, [.. passages], options ?? new RerankOptions()));
        if (Before is { } before)
        {
            await before(query, cancellationToken);
        }

        return await (script?.Invoke(cancellationToken) ?? AnswerAsync(query, passages, options));
    }

    public async IAsyncEnumerable<RerankPart> TryRerankInPartsAsync(
        string query, IReadOnlyList<string> passages, RerankOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var told = new HashSet<int>();
        var generation = 0;
        if (Parts is { } script)
        {
            await foreach (var part in script(query, cancellationToken).WithCancellation(cancellationToken))
            {
                if (part.Generation > generation)
                {
                    generation = part.Generation;
                    told.Clear();
                }

                told.UnionWith(part.Scores.Select(static score => score.Index));
                yield return part;
            }
        }

        var response = await TryRerankAsync(query, passages, options, cancellationToken);
        yield return new RerankPart
        {
            Generation = generation,
            Scores = [.. (response.Result?.Passages ?? []).Where(score => !told.Contains(score.Index))],
            Model = Model,
            ModelIdentity = Identity,
            Response = response,
        };
    }

    private Task<RerankResponse> AnswerAsync(string query, IReadOnlyList<string> passages, RerankOptions? options)
    {
        if (options?.Truncation is { MaxPairTokens: < LeastPairTokens })
        {
            return Task.FromResult(new RerankResponse { Outcome = RerankOutcome.Invalid, Error = "A pair needs more tokens." });
        }

        if (options?.Model is { } model && model is not (Model or Identity))
        {
            return Task.FromResult(new RerankResponse { Outcome = RerankOutcome.UnknownModel, Error = "No worker serves that model." });
        }

        return Task.FromResult(Change(query, new RerankResponse
        {
            Outcome = RerankOutcome.Ok,
            Result = new RerankResult
            {
                Passages = [.. passages.Select((text, index) => new PassageScore(index, Logit(query, text), 10, index == 0 ? CutTokens : 0))],
                Usage = new RerankUsage(10L * passages.Count, 3, 0, CutTokens > 0 ? 1 : 0),
                Model = Model,
                ModelIdentity = Identity,
                Timings = new RerankTimings { TokenizationMicroseconds = 1000, QueueMicroseconds = 2000, InferenceMicroseconds = 3000 },
            },
        }));
    }

    public void Fail(RerankOutcome outcome, TimeSpan? retryAfter = null) =>
        Script = _ => Task.FromResult(new RerankResponse { Outcome = outcome, Error = "scripted", RetryAfter = retryAfter });
}
