using System.Text.Json;

namespace Reranker.Gateway.Errors;

/// <summary>The status and the body that callers of a path expect of an error, whatever went wrong and whether or not their body was read.</summary>
internal interface IErrorFormat
{
    /// <summary>Name of its schema in the description of the paths.</summary>
    string Schema { get; }

    /// <summary>The HTTP status of an error.</summary>
    int FindStatus(GatewayErrorKind kind);

    /// <summary>Writes the body of an error; nothing written is an empty body.</summary>
    void WriteBody(Utf8JsonWriter writer, GatewayError error);
}
