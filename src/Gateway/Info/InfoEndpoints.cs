using System.Text.Json;
using Microsoft.Extensions.Options;
using Reranker.Client.Scores;
using Reranker.Fleet;
using Reranker.Gateway.Admission;
using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Nim;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Info;

/// <summary>
/// What is served: TEI's <c>/info</c>, which Dify reads before it reranks, OpenAI's list of models, and NIM's metadata. All of them
/// need a key where scoring does, but for the question whether it is so.
/// </summary>
internal static class InfoEndpoints
{
    private static readonly string Version = typeof(InfoEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
    private static readonly string[] InfoPaths = ["/info", "/tei/info"];
    private static readonly string[] MetadataPaths = ["/v1/metadata", "/nim/v1/metadata"];

    private static readonly string[] ModelPaths =
    [
        "/v1/models", "/cohere/v1/models", "/jina/v1/models", "/vllm/v1/models", "/infinity/models", "/infinity/v1/models", "/nim/v1/models",
        "/voyage/v1/models",
    ];

    public static void MapInfo(this IEndpointRouteBuilder routes)
    {
        foreach (var path in InfoPaths)
        {
            routes.MapGetAndHead(path, static (HttpContext context, InfoResponder responder, IOptions<GatewayOptions> options, ScoreMapSet maps) =>
                responder.AnswerAsync(context, TeiErrors.Instance, (writer, info) => WriteInfo(writer, info, options.Value, maps))).WithMetadata(ApiOperation.FromName("info"));
        }

        foreach (var path in MetadataPaths)
        {
            routes.MapGetAndHead(path, static (HttpContext context, InfoResponder responder) =>
                responder.AnswerAsync(context, NimErrors.Instance, WriteMetadata)).WithMetadata(ApiOperation.FromName("metadata"));
        }

        // Xinference's client asks this before it shows a key, and shows none where nobody answers.
        routes.MapGetAndHead("/v1/cluster/auth", static (HttpContext context, ApiKeyAuthenticator keys) => ResponseWriter.WriteBodyAsync(
            context.Response, writer => WriteWhetherKeyIsWanted(writer, !keys.TryAuthenticate(context.Request, out _)), context.RequestAborted))
            .WithMetadata(ApiOperation.FromName("cluster-auth"));

        foreach (var path in ModelPaths)
        {
            routes.MapGetAndHead(path, static (HttpContext context, InfoResponder responder, ScoreMapSet maps) =>
                responder.AnswerAsync(context, CohereErrors.Instance, (writer, info) => ModelList.Write(writer, info, maps))).WithMetadata(ApiOperation.FromName("models"));

            // Names have slashes; some clients escape them.
            routes.MapGetAndHead($"{path}/{{**id}}", static (HttpContext context, InfoResponder responder, ScoreMapSet maps) =>
                responder.AnswerModelAsync(
                    context, CohereErrors.Instance, FindName(context.Request), (writer, model) => ModelList.WriteModel(writer, model, maps)))
                .WithMetadata(ApiOperation.FromName("model"));
        }
    }

    private static string FindName(HttpRequest request) => $"{request.RouteValues["id"]}".Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static void WriteWhetherKeyIsWanted(Utf8JsonWriter writer, bool wanted)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("auth"u8, wanted);
        writer.WriteEndObject();
    }

    private static void WriteInfo(Utf8JsonWriter writer, FleetInfo info, GatewayOptions options, ScoreMapSet maps)
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
        if (model.Calibration is { } calibration)
        {
            writer.WriteString("calibration"u8, calibration);
        }

        ScoreMapInfo.WriteScoreMap(writer, maps, model.Identity);
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

    private static void WriteMetadata(Utf8JsonWriter writer, FleetInfo info)
    {
        writer.WriteStartObject();
        writer.WriteString("version"u8, Version);
        writer.WriteStartArray("assetInfo"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("modelInfo"u8);
        foreach (var model in info.Models)
        {
            writer.WriteStartObject();
            writer.WriteString("shortName"u8, model.Name);
            writer.WriteString("modelUrl"u8, model.Identity);
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
