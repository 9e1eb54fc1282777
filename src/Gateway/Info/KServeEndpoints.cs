using System.Text.Json;
using Reranker.Fleet;
using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Dialects.KServe;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Info;

/// <summary>What the Open Inference Protocol tells of server and models. All of it needs a key where scoring does.</summary>
internal static class KServeEndpoints
{
    private static readonly string Version = typeof(KServeEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static readonly string[] ModelPaths =
    [
        "/v2/models/{model}", "/v2/models/{vendor}/{model}", "/v2/models/{model}/versions/{version}", "/v2/models/{vendor}/{model}/versions/{version}",
    ];

    public static void MapKServe(this IEndpointRouteBuilder routes)
    {
        routes.MapGetAndHead("/v2", static (HttpContext context, InfoResponder responder) =>
            responder.AnswerAsync(context, KServeErrors.Instance, static (writer, _) => WriteServer(writer))).WithMetadata(ApiOperation.FromName("kserve-server"));
        foreach (var path in ModelPaths)
        {
            routes.MapGetAndHead(path, static (HttpContext context, InfoResponder responder) =>
                responder.AnswerModelAsync(context, KServeErrors.Instance, FindName(context.Request), WriteModel))
                .WithMetadata(ApiOperation.FromName("kserve-model"));
            routes.MapGetAndHead($"{path}/ready", static (HttpContext context, InfoResponder responder) =>
                responder.AnswerModelAsync(context, KServeErrors.Instance, FindName(context.Request), (writer, model) => WriteReadiness(context.Response, writer, model)))
                .WithMetadata(ApiOperation.FromName("kserve-model-ready"));
        }
    }

    private static string FindName(HttpRequest request)
    {
        var values = request.RouteValues;
        var name = values["version"] ?? (values["vendor"] is { } vendor ? $"{vendor}/{values["model"]}" : values["model"]);
        return $"{name}".Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
    }

    private static void WriteServer(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, KServeTensors.Platform);
        writer.WriteString("version"u8, Version);
        writer.WriteStartArray("extensions"u8);
        writer.WriteStringValue("binary_tensor_data"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter writer, ModelInfo model)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, model.Name);
        writer.WriteStartArray("versions"u8);
        writer.WriteStringValue(model.Identity);
        writer.WriteEndArray();
        writer.WriteString("platform"u8, KServeTensors.Platform);
        WriteTensors(writer, "inputs", KServeTensors.TextType, [KServeTensors.Query, KServeTensors.Passages]);
        WriteTensors(writer, "outputs", KServeTensors.ScoreType, KServeTensors.AllOutputs);
        writer.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter writer, string field, string type, string[] names)
    {
        writer.WriteStartArray(field);
        foreach (var name in names)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteString("datatype"u8, type);
            writer.WriteStartArray("shape"u8);
            writer.WriteNumberValue(-1);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteReadiness(HttpResponse response, Utf8JsonWriter writer, ModelInfo model)
    {
        var isReady = model.ReadyWorkers > 0;
        response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        writer.WriteStartObject();
        writer.WriteString("name"u8, model.Name);
        writer.WriteBoolean("ready"u8, isReady);
        writer.WriteEndObject();
    }
}
