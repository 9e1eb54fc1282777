using Reranker.Fuzz.Sending;

namespace Reranker.Fuzz.Oracle;

/// <summary>The shapes of errors.</summary>
internal static class ErrorBodies
{
    private static readonly string[] Known = ["error", "error_type", "message", "detail", "status", "title"];
    private static readonly string[] Object = ["code", "message", "param", "type"];

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
            ReplyShape.Both => [["error", "error_type", "message", "detail"]],
            ReplyShape.Admin => [["message"]],
            ReplyShape.Any => [["error"], ["message"]],
            ReplyShape.KServe => [["error"]],
            ReplyShape.Nim => [["message", "detail", "error", "status", "title"]],
            _ => [["message", "detail", "error"]],
        };
        var isExact = shape is not (ReplyShape.Any or ReplyShape.Admin);
        var fits = body.Kind == JsonKind.Object
            && Array.Exists(shapes, wanted => wanted.All(fields.Contains) && (!isExact || fields.Length == wanted.Length))
            && fields.All(Known.Contains)
            && body.Fields.All(field => FitsField(field.Name, field.Value, reply.Status));
        return fits ? null : $"The error has another shape than {shape}.";
    }

    private static bool FitsField(string name, JsonValue value, int status) => (name, value.Kind) switch
    {
        ("status", _) => value.Number == status,
        ("error", JsonKind.Object) => value.Fields.Select(static field => field.Name).Order().SequenceEqual(Object) && IsCode(value["code"], status),
        _ => value.Kind == JsonKind.Text && value.Text.Length > 0,
    };

    /// <summary>A number, and below Voyage's prefix a text.</summary>
    private static bool IsCode(JsonValue? code, int status) => code?.Kind == JsonKind.Text
        ? code.Text == status.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : code?.Number == status;
}
