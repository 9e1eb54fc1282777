using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Health;
using Reranker.Gateway.Http;
using Reranker.Gateway.Playground;

namespace Reranker.Gateway.Info;

/// <summary>Liveness and readiness under the names that deployments of other servers already probe. None needs a key.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] TeiPaths = ["/health", "/ping", "/tei/health", "/tei", "/tei/ping", "/vllm/health", "/vllm/ping"];
    private static readonly string[] NimPrefixes = ["", "/nim"];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGetAndHead("/", static (HttpContext context, FleetPoller fleet, IOptions<GatewayOptions> options) =>
            AnswerRootAsync(context, fleet.IsReady, options.Value)).Describe("tei-health");
        foreach (var path in TeiPaths)
        {
            routes.MapGetAndHead(path, static (HttpContext context, FleetPoller fleet) => AnswerTeiAsync(context, fleet.IsReady)).Describe("tei-health");
        }

        routes.MapGetAndHead("/v2/health/live", static (HttpContext context) => AnswerKServeAsync(context, "live", true)).Describe("kserve-live");
        routes.MapGetAndHead("/v2/health/ready", static (HttpContext context, FleetPoller fleet) => AnswerKServeAsync(context, "ready", fleet.IsReady))
            .Describe("kserve-ready");
        routes.MapGetAndHead("/infinity/health", static (HttpContext context, FleetPoller fleet, TimeProvider time) =>
            AnswerInfinityAsync(context, fleet.IsReady, time.GetUtcNow())).Describe("infinity-health");
        foreach (var prefix in NimPrefixes)
        {
            routes.MapGetAndHead($"{prefix}/v1/health/live", static (HttpContext context) => AnswerNimAsync(context, true, "live")).Describe("nim-live");
            routes.MapGetAndHead($"{prefix}/v1/health/ready", static (HttpContext context, FleetPoller fleet) => AnswerNimAsync(context, fleet.IsReady, "ready"))
                .Describe("nim-ready");
        }
    }

    private static void Describe(this IEndpointConventionBuilder endpoint, string operation) =>
        endpoint.DisableHttpMetrics().WithMetadata(ApiOperation.FromName(operation));

    /// <summary>Text Embeddings Inference's readiness for programs; people are sent to a page.</summary>
    private static Task AnswerRootAsync(HttpContext context, bool isReady, GatewayOptions options)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (PageEndpoints.FindWelcomePage(context.Request, options) is not { } page)
        {
            return AnswerTeiAsync(context, isReady);
        }

        // Without its slash, so that it stays below the prefix of a proxy.
        context.Response.Redirect(page[1..]);
        return Task.CompletedTask;
    }

    private static Task AnswerTeiAsync(HttpContext context, bool isReady) => isReady
        ? ResponseWriter.WriteBodyAsync(context.Response, static _ => { }, context.RequestAborted)
        : RefuseAsync(context, TeiErrors.Instance);

    private static Task AnswerInfinityAsync(HttpContext context, bool isReady, DateTimeOffset now) => isReady
        ? ResponseWriter.WriteBodyAsync(
            context.Response,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("unix"u8, now.ToUnixTimeSeconds());
                writer.WriteEndObject();
            },
            context.RequestAborted)
        : RefuseAsync(context, CohereErrors.Instance);

    private static Task AnswerKServeAsync(HttpContext context, string state, bool isHealthy)
    {
        context.Response.StatusCode = isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return ResponseWriter.WriteBodyAsync(
            context.Response,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean(state, isHealthy);
                writer.WriteEndObject();
            },
            context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, IErrorFormat errors) => ResponseWriter.WriteErrorAsync(
        context.Response, errors, new GatewayError(GatewayErrorKind.Unavailable, FleetReadyCheck.NotReady), context.RequestAborted);

    private static Task AnswerNimAsync(HttpContext context, bool isHealthy, string state)
    {
        context.Response.StatusCode = isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return ResponseWriter.WriteBodyAsync(
            context.Response,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("object"u8, "health.response");
                writer.WriteString("message"u8, isHealthy ? $"Service is {state}." : $"Service is not {state}.");
                writer.WriteString("status"u8, isHealthy ? state : $"not {state}");
                writer.WriteEndObject();
            },
            context.RequestAborted);
    }
}
