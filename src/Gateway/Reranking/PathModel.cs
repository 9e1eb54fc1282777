using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Reranking;

/// <summary>The model of paths that name one, or its version: <c>…/{model}/…</c>, or <c>…/{vendor}/{model}/…</c> for names with a slash.</summary>
internal static class PathModel
{
    /// <summary>The call with the path's model, unless its body names one.</summary>
    public static RerankCall ApplyModel(RerankCall call, HttpRequest request)
    {
        if (request.RouteValues["version"] is string version)
        {
            // A version is an identity, and so names its model by itself.
            return call with { Model = version };
        }

        if (!string.IsNullOrWhiteSpace(call.Model) || request.RouteValues["model"] is not string model)
        {
            return call;
        }

        var name = request.RouteValues["vendor"] is string vendor ? $"{vendor}/{model}" : model;

        // Routing decodes everything but a slash.
        return call with { Model = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) };
    }
}
