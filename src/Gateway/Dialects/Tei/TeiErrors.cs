using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>TEI's errors: a sentence, and the type that its clients switch on.</summary>
internal sealed class TeiErrors() : ErrorFormat("TeiError")
{
    public static readonly TeiErrors Instance = new();

    public override int FindStatus(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.BadJson or GatewayErrorKind.NoPassages => StatusCodes.Status400BadRequest,
        GatewayErrorKind.Invalid or GatewayErrorKind.TooManyPassages or GatewayErrorKind.TooLong => StatusCodes.Status422UnprocessableEntity,
        GatewayErrorKind.Busy => StatusCodes.Status429TooManyRequests,
        GatewayErrorKind.Failed => StatusCodes.Status424FailedDependency,
        _ => base.FindStatus(kind),
    };

    public override void WriteBody(Utf8JsonWriter writer, GatewayError error)
    {
        // That server's refusal of a key has no body.
        if (error.Kind != GatewayErrorKind.Unauthorized)
        {
            base.WriteBody(writer, error);
        }
    }

    /// <summary>Writes the fields of an error's body.</summary>
    public static void WriteMessage(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteString("error"u8, error.Message);
        writer.WriteString("error_type"u8, FindType(error.Kind));
    }

    protected override void WriteFields(Utf8JsonWriter writer, GatewayError error, int status) => WriteMessage(writer, error);

    private static string FindType(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.NoPassages => "Empty",
        GatewayErrorKind.Busy or GatewayErrorKind.Quota => "Overloaded",
        GatewayErrorKind.Unavailable => "Unhealthy",
        GatewayErrorKind.Failed or GatewayErrorKind.Expired or GatewayErrorKind.Internal => "Backend",
        _ => "Validation",
    };
}
