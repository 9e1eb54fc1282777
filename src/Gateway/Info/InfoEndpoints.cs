using System.Text.Json;
using Microsoft.Extensions.Options;
using Reranker.Fleet;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Health;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Info;

/// <summary>What is served: TEI's <c>/info</c>, which Dify reads before it reranks, and OpenAI's list of models. Both need a key where scoring does.</summary>
internal static class InfoEndpoints
{
    private static readonly string Version = typeof(InfoEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public static void MapInfo(this IEndpointRouteBuilder routes)
    {
        routes.MapGetAndHead("/info", static (HttpContext context, FleetPoller fleet, ApiKeyAuthenticator keys, IOptions<GatewayOptions> options) =>
            AnswerAsync(context, fleet, keys, TeiErrors.Instance, (writer, info) => WriteInfo(writer, info, options.Value)));
        routes.MapGetAndHead("/v1/models", static (HttpContext context, FleetPoller fleet, ApiKeyAuthenticator keys) =>
            AnswerAsync(context, fleet, keys, CohereErrors.Instance, WriteModels));
    }

    private static async Task AnswerAsync(
        HttpContext context, FleetPoller fleet, ApiKeyAuthenticator keys, IErrorFormat errors, Action<Utf8JsonWriter, FleetInfo> write)
    {
        if (!keys.TryAuthenticate(context.Request, out _))
        {
            await ResponseWriter.WriteErrorAsync(context.Response, errors, GatewayError.CreateUnauthorized(), context.RequestAborted);
            return;
        }

        if (fleet.Current is { Models.Length: > 0 } info)
        {
            await ResponseWriter.WriteBodyAsync(context.Response, writer => write(writer, info), context.RequestAborted);
            return;
        }

        var unavailable = new GatewayError(GatewayErrorKind.Unavailable, "No model is served at present.", RetryAfter: TimeSpan.FromSeconds(1));
        await ResponseWriter.WriteErrorAsync(context.Response, errors, unavailable, context.RequestAborted);
    }

    private static void WriteInfo(Utf8JsonWriter writer, FleetInfo info, GatewayOptions options)
    {
        var model = info.Models[0];
        writer.WriteStartObject();
        writer.WriteString("model_id"u8, model.Name);
        writer.WriteString("model_sha"u8, model.Identity);
        writer.WriteString("model_dtype"u8, FindDtype(model.Precision));
        writer.WriteString("served_model_name"u8, model.Name);
        writer.WriteStartObject("model_type"u8);
        writer.WriteStartObject("reranker"u8);
        writer.WriteStartObject("id2label"u8);
        writer.WriteString("0"u8, "LABEL_0");
        writer.WriteEndObject();
        writer.WriteStartObject("label2id"u8);
        writer.WriteNumber("LABEL_0"u8, 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteNumber("max_concurrent_requests"u8, options.MaxConcurrentRequests);
        writer.WriteNumber("max_input_length"u8, model.MaxPairTokens);
        writer.WriteNumber("max_batch_tokens"u8, info.Workers.Select(static worker => worker.MaxBatchTokens).DefaultIfEmpty(0).Max());
        writer.WriteNull("max_batch_requests"u8);
        writer.WriteNumber("max_client_batch_size"u8, options.MaxPassages);
        writer.WriteBoolean("auto_truncate"u8, options.AutoTruncate);
        writer.WriteNumber("tokenization_workers"u8, info.Workers.Length);
        writer.WriteString("version"u8, Version);
        writer.WriteNull("sha"u8);
        writer.WriteNull("docker_label"u8);
        WriteWorkers(writer, info);
        writer.WriteEndObject();
    }

    /// <summary>Beside TEI's fields: which engine each worker got, and why not a faster one.</summary>
    private static void WriteWorkers(Utf8JsonWriter writer, FleetInfo info)
    {
        writer.WriteStartArray("workers"u8);
        foreach (var worker in info.Workers)
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, worker.Key);
            writer.WriteString("silo"u8, worker.Silo);
            writer.WriteString("device"u8, worker.Device);
            writer.WriteString("execution_provider"u8, worker.ExecutionProvider);
            writer.WriteString("fallback_reason"u8, worker.FallbackReason);
            writer.WriteNumber("max_batch_tokens"u8, worker.MaxBatchTokens);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteModels(Utf8JsonWriter writer, FleetInfo info)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list");
        writer.WriteStartArray("data"u8);
        foreach (var model in info.Models)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, model.Name);
            writer.WriteString("object"u8, "model");
            writer.WriteNumber("created"u8, 0);
            writer.WriteString("owned_by"u8, "reranker");
            writer.WriteNumber("max_model_len"u8, model.MaxPairTokens);
            writer.WriteString("identity"u8, model.Identity);
            writer.WriteString("precision"u8, model.Precision);
            writer.WriteNumber("ready_workers"u8, model.ReadyWorkers);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string FindDtype(string precision) => precision switch
    {
        "fp16" => "float16",
        "fp32" => "float32",
        _ => precision,
    };
}
