using System.Diagnostics;
using Reranker.Gateway.Telemetry;
using Reranker.Requests;

namespace Reranker.Gateway.Reranking;

/// <summary>Puts the end of a request into metrics and into its span. Neither ever holds its texts or its key.</summary>
internal static class RequestReport
{
    /// <summary>The outcome of a request whose caller went away.</summary>
    public const string Aborted = nameof(Aborted);

    public static void Record(Exchange exchange, TimeSpan elapsed)
    {
        var tags = new TagList
        {
            { "dialect", exchange.DialectName },
            { "status", exchange.Context.Response.StatusCode },
            { "outcome", exchange.Outcome },
        };
        GatewayTelemetry.Requests.Add(1, tags);
        GatewayTelemetry.Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("result", FindResult(exchange)));
        if (exchange.Outcome == nameof(RerankOutcome.Ok))
        {
            var dialect = new KeyValuePair<string, object?>("dialect", exchange.DialectName);
            GatewayTelemetry.Passages.Add(exchange.Passages, dialect);
            GatewayTelemetry.TruncatedPassages.Add(exchange.Truncated, dialect);
            GatewayTelemetry.Tokens.Add(exchange.Tokens, dialect);
        }

        if (Activity.Current is { } activity)
        {
            activity.SetTag("reranker.dialect", exchange.DialectName);
            activity.SetTag("reranker.passages", exchange.Passages);
            activity.SetTag("reranker.tokens", exchange.Tokens);
            activity.SetTag("reranker.truncated_passages", exchange.Truncated);
            activity.SetTag("reranker.outcome", exchange.Outcome);
        }
    }

    // A histogram has twenty series a label: there are four results, and twenty outcomes.
    private static string FindResult(Exchange exchange) => exchange switch
    {
        { Outcome: nameof(RerankOutcome.Ok) or Aborted } => exchange.Outcome,
        { Context.Response.StatusCode: < StatusCodes.Status500InternalServerError } => "Refused",
        _ => "Failed",
    };
}
