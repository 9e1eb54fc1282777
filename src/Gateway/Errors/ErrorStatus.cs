namespace Reranker.Gateway.Errors;

/// <summary>The status of an error where a format has none of its own: 429 is the caller's quota, 503 the fleet's capacity.</summary>
internal static class ErrorStatus
{
    public static int FromKind(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        GatewayErrorKind.BodyTooSlow => StatusCodes.Status408RequestTimeout,
        GatewayErrorKind.UnknownEncoding => StatusCodes.Status415UnsupportedMediaType,
        GatewayErrorKind.WrongMethod => StatusCodes.Status405MethodNotAllowed,
        GatewayErrorKind.UnknownModel or GatewayErrorKind.NoRoute => StatusCodes.Status404NotFound,
        GatewayErrorKind.Unauthorized => StatusCodes.Status401Unauthorized,
        GatewayErrorKind.Quota => StatusCodes.Status429TooManyRequests,
        GatewayErrorKind.Busy or GatewayErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        GatewayErrorKind.Expired => StatusCodes.Status504GatewayTimeout,
        GatewayErrorKind.Failed or GatewayErrorKind.Internal => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
