using System.Globalization;
using System.Text.Json.Nodes;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.ApiDocs;

/// <summary>The error replies of a scoring path, from the formats that write them: what they say is what is answered.</summary>
internal static class ErrorResponses
{
    private static readonly Dictionary<GatewayErrorKind, string> Causes = new()
    {
        [GatewayErrorKind.BadJson] = "The body is no JSON object.",
        [GatewayErrorKind.Invalid] = "A field or a header is missing, of a wrong type or out of range.",
        [GatewayErrorKind.NoPassages] = "The list of passages is empty.",
        [GatewayErrorKind.TooManyPassages] = "The list of passages is too long.",
        [GatewayErrorKind.BodyTooLarge] = "The body is larger than allowed.",
        [GatewayErrorKind.BodyTooSlow] = "The body came too slowly.",
        [GatewayErrorKind.UnknownEncoding] = "The body's Content-Encoding is not known.",
        [GatewayErrorKind.TooLong] = "A pair is too long and must not be cut.",
        [GatewayErrorKind.UnknownModel] = "No such model is served.",
        [GatewayErrorKind.Unauthorized] = "No key, or a wrong one.",
        [GatewayErrorKind.Quota] = "The tenant's own limit is used up.",
        [GatewayErrorKind.Busy] = "There is more work than fits before the deadline.",
        [GatewayErrorKind.Unavailable] = "No worker takes work at present.",
        [GatewayErrorKind.Expired] = "The deadline passed.",
        [GatewayErrorKind.Failed] = "Inference failed.",
        [GatewayErrorKind.Internal] = "A defect of the gateway.",
    };

    private static readonly GatewayErrorKind[] OfRouting = [GatewayErrorKind.NoRoute, GatewayErrorKind.WrongMethod];
    private static readonly GatewayErrorKind[] Repeatable = [GatewayErrorKind.Quota, GatewayErrorKind.Busy, GatewayErrorKind.Unavailable];

    /// <summary>Adds a reply for every status that these formats have.</summary>
    public static void AddResponses(JsonObject responses, IEnumerable<IErrorFormat> formats)
    {
        var errors = from format in formats.DistinctBy(static format => format.Schema)
                     from kind in Enum.GetValues<GatewayErrorKind>().Except(OfRouting)
                     group (Kind: kind, format.Schema) by format.FindStatus(kind);
        foreach (var error in errors.OrderBy(static group => group.Key))
        {
            responses[error.Key.ToString(CultureInfo.InvariantCulture)] = CreateResponse([.. error]);
        }
    }

    /// <summary>A schema by its name, or the choice between several.</summary>
    public static JsonObject CreateChoice(IEnumerable<string> schemas)
    {
        var references = schemas.Distinct().Select(static schema => new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" }).ToArray();
        return references.Length == 1 ? references[0] : new JsonObject { ["anyOf"] = new JsonArray([.. references]) };
    }

    private static JsonObject CreateResponse((GatewayErrorKind Kind, string Schema)[] errors)
    {
        var response = new JsonObject
        {
            ["description"] = string.Join(' ', errors.Select(static error => error.Kind).Distinct().Select(FindCause)),
            ["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject { ["schema"] = CreateChoice(errors.Select(static error => error.Schema)) },
            },
        };
        if (errors.Any(static error => Repeatable.Contains(error.Kind)))
        {
            response["headers"] = new JsonObject { ["Retry-After"] = new JsonObject { ["$ref"] = "#/components/headers/Retry-After" } };
        }

        return response;
    }

    private static string FindCause(GatewayErrorKind kind) => Causes.TryGetValue(kind, out var cause) ? cause : kind.ToString();
}
