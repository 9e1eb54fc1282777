using Microsoft.Extensions.Options;
using Reranker.Client;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;
using Reranker.Gateway.Reranking;
using Reranker.Workers;

namespace Reranker.Gateway.Bulk;

/// <summary>
/// Scores one line, with the lowest priority. What the tenant's limits or the fleet refuse for now is tried again when they say, for as
/// long as the line has time: a bulk caller wants its results, not refusals.
/// </summary>
internal sealed class BulkLineScorer(
    CallScorer scorer, RequestPermits permits, IHostApplicationLifetime lifetime, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int MaxIdLength = 512;
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);

    /// <summary>The format of a line and of its result.</summary>
    public static IRerankDialect Dialect { get; } = new CohereDialect("batch", "1");

    /// <summary>Reads a line.</summary>
    /// <param name="line">Its bytes.</param>
    /// <param name="request">That of all lines.</param>
    /// <param name="id">The caller's name for it, as soon as that is known; null for none.</param>
    /// <exception cref="RequestFormatException">It is no request.</exception>
    public RerankCall ReadCall(BulkLine line, HttpRequest request, out string? id)
    {
        id = null;
        if (line.Error is { } error)
        {
            throw new RequestFormatException(error);
        }

        var fields = JsonFields.Parse(line.Body.Written);
        id = ReadId(fields, "custom_id") ?? ReadId(fields, "id");
        var call = ChunkingResolver.ResolveChunking(Dialect.ReadCall(fields, options.Value), request, options.Value);
        return call with { Priority = WorkPriority.Low };
    }

    /// <summary>Scores a line within its time.</summary>
    /// <exception cref="OperationCanceledException">The caller went away, or the gateway stops while the line waits for its next try.</exception>
    public async Task<ValueOrError<RerankResult>> ScoreAsync(RerankCall call, string tenant, string routeKey, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var remaining = deadline - time.GetElapsedTime(started);
            var (result, error) = await TryScoreAsync(call, tenant, routeKey, remaining, cancellationToken);
            if (error is not { Kind: GatewayErrorKind.Quota or GatewayErrorKind.Busy or GatewayErrorKind.Unavailable })
            {
                return new ValueOrError<RerankResult>(result, error);
            }

            var pause = error.RetryAfter ?? DefaultPause;
            if (time.GetElapsedTime(started) + pause >= deadline)
            {
                return error;
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await Task.Delay(pause, time, end.Token);
        }
    }

    private async Task<ValueOrError<RerankResult>> TryScoreAsync(
        RerankCall call, string tenant, string routeKey, TimeSpan remaining, CancellationToken cancellationToken)
    {
        using var permit = permits.TryTake(tenant);
        return permit is null
            ? GatewayError.CreateNoPermit()
            : await scorer.ScoreAsync(call, tenant, routeKey, remaining, cancellationToken);
    }

    // A number is as good a name as a string.
    private static string? ReadId(JsonFields fields, string name)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            return null;
        }

        var id = reader.TokenType switch
        {
            System.Text.Json.JsonTokenType.String => JsonText.Read(ref reader),
            System.Text.Json.JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.HasValueSequence ? System.Buffers.BuffersExtensions.ToArray(reader.ValueSequence) : reader.ValueSpan),
            _ => throw FieldConversions.CreateWrongType(name, "a string or a number"),
        };
        return id.Length <= MaxIdLength ? id : throw FieldConversions.CreateWrongType(name, $"at most {MaxIdLength} characters long");
    }
}
