using System.Text.Json;
using Reranker.Fleet;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Health;
using Reranker.Gateway.Http;
using Reranker.Gateway.Models;

namespace Reranker.Gateway.Info;

/// <summary>Answers what is served to those who have a key.</summary>
internal sealed class InfoResponder(FleetPoller fleet, ApiKeyAuthenticator keys, ModelNames names)
{
    /// <summary>Answers with what is known of the fleet.</summary>
    public Task AnswerAsync(HttpContext context, IErrorFormat errors, Action<Utf8JsonWriter, FleetInfo> write) =>
        FindError(context.Request, out var info) is { } error
            ? ResponseWriter.WriteErrorAsync(context.Response, errors, error, context.RequestAborted)
            : ResponseWriter.WriteBodyAsync(context.Response, writer => write(writer, info!), context.RequestAborted);

    /// <summary>Answers with one model, by any of the names that a request for scores may give it.</summary>
    public Task AnswerModelAsync(HttpContext context, IErrorFormat errors, string id, Action<Utf8JsonWriter, ModelInfo> write)
    {
        if (FindError(context.Request, out var info) is { } error)
        {
            return ResponseWriter.WriteErrorAsync(context.Response, errors, error, context.RequestAborted);
        }

        var name = names.ResolveName(id, info);
        var model = Array.Find(info!.Models, model => name is null || model.Name == name || model.Identity == name);
        return model is null
            ? ResponseWriter.WriteErrorAsync(context.Response, errors, CreateUnknown(info), context.RequestAborted)
            : ResponseWriter.WriteBodyAsync(context.Response, writer => write(writer, model), context.RequestAborted);
    }

    private static GatewayError CreateUnknown(FleetInfo info) =>
        ModelNames.AddServedNames(new GatewayError(GatewayErrorKind.UnknownModel, "No such model is served.", "model"), info);

    private GatewayError? FindError(HttpRequest request, out FleetInfo? info)
    {
        info = fleet.Current;
        return !keys.TryAuthenticate(request, out _) ? GatewayError.CreateUnauthorized()
            : info is { Models.Length: > 0 } ? null
            : GatewayError.CreateNoModel();
    }
}
