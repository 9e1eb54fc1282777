using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Reranker.Client.Attempts;
using Reranker.Client.Fleet;
using Reranker.Client.Parts;
using Reranker.Client.Telemetry;
using Reranker.Estimates;
using Reranker.Requests;

namespace Reranker.Client.Reranking;

/// <summary>Checks a request, has its attempts raced, and reports how it ended.</summary>
internal sealed class RerankerClient(
    AttemptRace race, FleetHints hints, IOptions<RerankerClientOptions> options, TimeProvider time) : IReranker
{
    public Task<RerankResponse> TryRerankAsync(
        string query, IReadOnlyList<string> passages, RerankOptions? rerankOptions, CancellationToken cancellationToken)
        => SendAndReportAsync(query, passages, rerankOptions, ledger: null, cancellationToken);

    public IAsyncEnumerable<RerankPart> TryRerankInPartsAsync(
        string query, IReadOnlyList<string> passages, RerankOptions? rerankOptions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(passages);
        return EnumeratePartsAsync(query, passages, rerankOptions, cancellationToken);
    }

    private async IAsyncEnumerable<RerankPart> EnumeratePartsAsync(
        string query, IReadOnlyList<string> passages, RerankOptions? rerankOptions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ledger = new PartLedger(passages.Count);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunToLedgerAsync();
        try
        {
            await foreach (var part in ledger.ReadPartsAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return part;
            }
        }
        finally
        {
            // Who takes no more parts takes no response either.
            await abandoned.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }

        async Task RunToLedgerAsync()
        {
            try
            {
                ledger.EndRequest(await SendAndReportAsync(query, passages, rerankOptions, ledger, abandoned.Token).ConfigureAwait(false));
            }
            catch (Exception exception)
            {
                ledger.FailRequest(exception);
            }
        }
    }

    private async Task<RerankResponse> SendAndReportAsync(
        string query, IReadOnlyList<string> passages, RerankOptions? rerankOptions, PartLedger? ledger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(passages);
        cancellationToken.ThrowIfCancellationRequested();

        var started = time.GetTimestamp();
        using var activity = ClientTelemetry.Source.StartActivity("rerank", ActivityKind.Client);
        activity?.SetTag("reranker.passages", passages.Count);
        var outcome = "cancelled";
        try
        {
            var response = await CheckAndSendAsync(query, passages, rerankOptions ?? new RerankOptions(), ledger, cancellationToken).ConfigureAwait(false);
            outcome = response.Outcome.ToString();
            if (!response.IsOk)
            {
                activity?.SetStatus(ActivityStatusCode.Error, outcome);
            }

            return response;
        }
        finally
        {
            activity?.SetTag("reranker.outcome", outcome);
            var tag = new KeyValuePair<string, object?>("outcome", outcome);
            ClientTelemetry.Requests.Add(1, tag);
            ClientTelemetry.Duration.Record(time.GetElapsedTime(started).TotalSeconds, tag);
        }
    }

    private Task<RerankResponse> CheckAndSendAsync(
        string query, IReadOnlyList<string> passages, RerankOptions chosen, PartLedger? ledger, CancellationToken cancellationToken)
    {
        var deadline = chosen.Deadline ?? options.Value.DefaultDeadline;
        var request = new RerankRequest
        {
            Query = query,
            Passages = passages as string[] ?? [.. passages],
            Model = chosen.Model,
            RemainingMilliseconds = 0,
            Truncation = chosen.Truncation,
            Tenant = chosen.Tenant,
            Priority = chosen.Priority,
            ChunkAtSentences = chosen.ChunkAtSentences,
            // Drawn here and not on a silo, so that every attempt is of one identity.
            RouteKey = chosen.RouteKey ?? Guid.NewGuid().ToString("N"),
        };
        if ((RequestLimits.FindProblem(request, out var characters) ?? RequestLimits.FindDeadlineProblem(deadline)) is { } problem)
        {
            return Task.FromResult(RerankResponse.CreateFailure(RerankOutcome.Invalid, problem));
        }

        var density = TextTokens.ChooseDensity(hints.FindHint(chosen.Model)?.TokensPerCharacter ?? 0);
        var tokens = TextTokens.EstimatePairTokens(query.Length, characters, request.Passages.Length, density);
        return race.RunAsync(request, tokens, deadline, ledger, cancellationToken);
    }
}
