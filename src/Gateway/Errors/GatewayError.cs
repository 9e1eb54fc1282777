using Reranker.Client;
using Reranker.Requests;

namespace Reranker.Gateway.Errors;

/// <summary>One clear error, before a format gives it a shape.</summary>
/// <param name="Kind">Why there are no scores.</param>
/// <param name="Message">A sentence for the caller that holds no text of the request.</param>
/// <param name="Field">The field that is wrong, where one is.</param>
/// <param name="RetryAfter">When to try again, where that helps.</param>
internal sealed record GatewayError(GatewayErrorKind Kind, string Message, string? Field = null, TimeSpan? RetryAfter = null)
{
    public static GatewayError CreateBadJson(string message) => new(GatewayErrorKind.BadJson, message);

    public static GatewayError CreateInvalid(string message, string? field = null) => new(GatewayErrorKind.Invalid, message, field);

    public static GatewayError CreateNoPassages(string field) =>
        new(GatewayErrorKind.NoPassages, $"invalid request: list of {field} must not be empty", field);

    public static GatewayError CreateTooManyPassages(string field, int max) =>
        new(GatewayErrorKind.TooManyPassages, $"'{field}' has more than {max} entries.", field);

    public static GatewayError CreateUnauthorized() => new(GatewayErrorKind.Unauthorized, "no api key supplied, or an invalid one");

    public static GatewayError CreateExpiredBeforeRead() => new(GatewayErrorKind.Expired, "The deadline passed before the request was read.");

    public static GatewayError CreateNoMemory() =>
        new(GatewayErrorKind.Busy, "Too many large requests are in progress.", RetryAfter: TimeSpan.FromSeconds(1));

    public static GatewayError CreateNoPermit() =>
        new(GatewayErrorKind.Busy, "Too many requests are in progress.", RetryAfter: TimeSpan.FromSeconds(1));

    public static GatewayError CreateNoModel() =>
        new(GatewayErrorKind.Unavailable, "No model is served at present.", RetryAfter: TimeSpan.FromSeconds(1));

    /// <summary>The error of a response without scores.</summary>
    public static GatewayError FromResponse(RerankResponse response)
    {
        var kind = response.Outcome switch
        {
            RerankOutcome.Invalid => GatewayErrorKind.Invalid,
            RerankOutcome.TooLong => GatewayErrorKind.TooLong,
            RerankOutcome.UnknownModel => GatewayErrorKind.UnknownModel,
            RerankOutcome.Busy => GatewayErrorKind.Busy,
            RerankOutcome.Expired => GatewayErrorKind.Expired,
            RerankOutcome.Unavailable => GatewayErrorKind.Unavailable,
            _ => GatewayErrorKind.Failed,
        };
        return new GatewayError(kind, response.Error ?? "The request failed.", RetryAfter: response.RetryAfter);
    }
}
