using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Models;

namespace Reranker.Gateway.Admin;

/// <summary>Replies of the admin paths.</summary>
internal static class AdminResults
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>A sentence with its status.</summary>
    public static IResult CreateError(int status, string message) => Results.Json(new { message }, Format, statusCode: status);

    /// <summary>What was asked for.</summary>
    public static IResult CreateReply<T>(T value) => Results.Json(value, Format);

    /// <summary>The fleet's models after a command, or why it was not carried out.</summary>
    public static IResult FromReply(ModelAdminReply reply, int successStatus) => reply.Outcome switch
    {
        ModelAdminOutcome.Done => Results.Json(new { reply.Models, reply.SilentSilos }, Format, statusCode: successStatus),
        ModelAdminOutcome.Invalid => CreateError(StatusCodes.Status400BadRequest, reply.Error!),
        ModelAdminOutcome.NotFound => CreateError(StatusCodes.Status404NotFound, reply.Error!),
        ModelAdminOutcome.Forbidden => CreateError(StatusCodes.Status403Forbidden, reply.Error!),
        _ => CreateError(StatusCodes.Status409Conflict, reply.Error!),
    };
}
