using Reranker.Client;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Telemetry;

namespace Reranker.Gateway.Reranking;

/// <summary>Puts the end of a request into the metrics that dashboards of Text Embeddings Inference read, whatever its dialect.</summary>
internal static class TeiReport
{
    private const double MicrosecondsPerSecond = 1_000_000;

    public static void Record(Exchange exchange, TimeSpan elapsed)
    {
        var method = new KeyValuePair<string, object?>("method", exchange.Passages == 1 ? "single" : "batch");
        TeiTelemetry.RequestCount.Add(1, method);
        TeiTelemetry.PredictCount.Add(exchange.Passages);
        if (exchange.Result is { } result)
        {
            TeiTelemetry.RequestSuccess.Add(1, method);
            TeiTelemetry.PredictSuccess.Add(exchange.Passages);
            RecordTimes(result, elapsed);
        }
        else if (exchange.Outcome != RequestReport.Aborted)
        {
            TeiTelemetry.RequestFailure.Add(1, new KeyValuePair<string, object?>("err", FindCause(exchange.Outcome)));
        }
    }

    private static void RecordTimes(RerankResult result, TimeSpan elapsed)
    {
        TeiTelemetry.RequestDuration.Record(elapsed.TotalSeconds);
        TeiTelemetry.TokenizationDuration.Record(result.Timings.TokenizationMicroseconds / MicrosecondsPerSecond);
        TeiTelemetry.QueueDuration.Record(result.Timings.QueueMicroseconds / MicrosecondsPerSecond);
        TeiTelemetry.InferenceDuration.Record(result.Timings.InferenceMicroseconds / MicrosecondsPerSecond);
        foreach (var passage in result.Passages)
        {
            TeiTelemetry.InputLength.Record(passage.Tokens);
        }
    }

    private static string FindCause(string outcome) => outcome switch
    {
        nameof(GatewayErrorKind.Busy) or nameof(GatewayErrorKind.Quota) => "overloaded",
        nameof(GatewayErrorKind.Unavailable) => "unhealthy",
        nameof(GatewayErrorKind.Failed) or nameof(GatewayErrorKind.Expired) or nameof(GatewayErrorKind.Internal) => "backend",
        nameof(GatewayErrorKind.NoPassages) => "empty",
        _ => "validation",
    };
}
