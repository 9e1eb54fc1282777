using System.Diagnostics;
using Reranker.Gateway.Telemetry;
using Reranker.Requests;

namespace Reranker.Gateway.Reranking;

/// <summary>Puts the end of a request into metrics and into its span. Neither ever holds its texts or its key.</summary>
internal static class RequestReport
{
    /// <summary>The outcome of a request whose caller went away.</summary>
    public const string Aborted = nameof(Aborted);

    /// <summary>Records a request over HTTP.</summary>
    public static void Record(Exchange exchange, TimeSpan elapsed) => Record(
        new RequestSummary(
            exchange.DialectName, exchange.Context.Response.StatusCode, exchange.Outcome, exchange.Passages, exchange.Tokens, exchange.Truncated),
        elapsed);

    /// <summary>Records a request.</summary>
    public static void Record(in RequestSummary request, TimeSpan elapsed)
    {
        var tags = new TagList
        {
            { "dialect", request.Dialect },
            { "status", request.Status },
            { "outcome", request.Outcome },
        };
        GatewayTelemetry.Requests.Add(1, tags);
        GatewayTelemetry.Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("result", FindResult(request)));
        if (request.Outcome == nameof(RerankOutcome.Ok))
        {
            var dialect = new KeyValuePair<string, object?>("dialect", request.Dialect);
            GatewayTelemetry.Passages.Add(request.Passages, dialect);
            GatewayTelemetry.TruncatedPassages.Add(request.Truncated, dialect);
            GatewayTelemetry.Tokens.Add(request.Tokens, dialect);
        }

        if (Activity.Current is { } activity)
        {
            activity.SetTag("reranker.dialect", request.Dialect);
            activity.SetTag("reranker.passages", request.Passages);
            activity.SetTag("reranker.tokens", request.Tokens);
            activity.SetTag("reranker.truncated_passages", request.Truncated);
            activity.SetTag("reranker.outcome", request.Outcome);
        }
    }

    // A histogram has twenty series a label: there are four results, and twenty outcomes.
    private static string FindResult(in RequestSummary request) => request switch
    {
        { Outcome: nameof(RerankOutcome.Ok) or Aborted } => request.Outcome,
        { Status: < StatusCodes.Status500InternalServerError } => "Refused",
        _ => "Failed",
    };
}
