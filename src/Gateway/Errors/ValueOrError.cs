namespace Reranker.Gateway.Errors;

/// <summary>How a step of a request ended: with its value, or with the error to answer.</summary>
/// <param name="Value">Null with an error.</param>
/// <param name="Error">Null with a value.</param>
internal readonly record struct ValueOrError<T>(T? Value, GatewayError? Error)
    where T : class
{
    public static implicit operator ValueOrError<T>(T value) => new(value, null);

    public static implicit operator ValueOrError<T>(GatewayError error) => new(null, error);
}
