using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Requests;
using Reranker.Fuzz.Sending;

namespace Reranker.Fuzz.Oracle;

/// <summary>Replies that are no scores.</summary>
internal static class SuccessBodies
{
    public static string? FindFault(FuzzRequest request, RawReply reply, CaseTarget target)
    {
        if (request.Method == "HEAD")
        {
            return null;
        }

        if (request.Route.Kind == RouteKind.Probe)
        {
            return reply.Body.Length == 0 ? null : "A probe has a body.";
        }

        JsonValue body;
        try
        {
            body = ReferenceJson.Parse(reply.Body);
        }
        catch (FormatException e)
        {
            return $"The body is no JSON. {e.Message}";
        }

        var fits = request.Route.Kind switch
        {
            RouteKind.Auth => body.Fields is [{ Name: "auth" }] && body["auth"]?.Text == (Reading.HasKey(request, target.ApiKey, bare: true) ? "false" : "true"),
            RouteKind.Info => body["model_id"]?.Text == target.Model && body["model_sha"]?.Text == target.Identity,
            RouteKind.Models => body["data"]?.Items is { Count: > 0 } models && models.Any(m => m["id"]?.Text == target.Model),
            RouteKind.Model => body["id"]?.Text == target.Model,
            RouteKind.Metadata => body["modelInfo"]?.Items is { Count: > 0 } models && models[0]["shortName"]?.Text == target.Model,
            RouteKind.Server => body["extensions"]?.Items is [{ Text: "binary_tensor_data" }],
            RouteKind.Tensors => body["name"]?.Text == target.Model && (body["ready"]?.Text == "true" || body["versions"]?.Items is [var version] && version.Text == target.Identity),
            RouteKind.ServerProbe => body.Fields is [{ Name: "live" or "ready", Value.Text: "true" }],
            _ => body["object"]?.Text == "health.response",
        };
        return fits ? null : "The body is not what the route gives.";
    }
}
