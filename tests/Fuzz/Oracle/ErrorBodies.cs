using Reranker.Fuzz.Sending;

namespace Reranker.Fuzz.Oracle;

/// <summary>The shapes of errors.</summary>
internal static class ErrorBodies
{
    private static readonly string[] Known = ["error", "error_type", "message", "detail"];

    public static string? FindFault(RawReply reply, ReplyShape shape, bool mayBeEmpty, bool isSuccessOpen = false)
    {
        if (reply.Body.Length == 0)
        {
            return mayBeEmpty ? null : $"Status {reply.Status} without a body.";
        }

        var isJson = reply["Content-Type"]?.StartsWith("application/json", StringComparison.Ordinal) == true;
        if (!isJson)
        {
            return isSuccessOpen && mayBeEmpty && reply.Status < 300 ? null : $"Status {reply.Status} with the content type {reply["Content-Type"]}.";
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

        if (reply.Status < 300 && isSuccessOpen)
        {
            return null;
        }

        var fields = body.Fields.Select(static field => field.Name).ToArray();
        string[][] shapes = shape switch
        {
            ReplyShape.Tei => [["error", "error_type"]],
            ReplyShape.Cohere => [["message", "detail"]],
            ReplyShape.Both => [Known],
            ReplyShape.Admin => [["message"]],
            _ => [["error", "error_type"], ["message"]],
        };
        var fits = body.Kind == JsonKind.Object
            && Array.Exists(shapes, wanted => wanted.All(fields.Contains))
            && fields.All(Known.Contains)
            && body.Fields.All(static field => field.Value.Kind == JsonKind.Text && field.Value.Text.Length > 0);
        return fits ? null : $"The error has another shape than {shape}.";
    }
}
