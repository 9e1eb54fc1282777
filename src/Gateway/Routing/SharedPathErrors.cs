using System.Text.Json;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Routing;

/// <summary>
/// The errors of the path that TEI and the <c>documents</c> family share, before a body has shown which one it is: the union of
/// their fields, so that each client finds its own.
/// </summary>
internal sealed class SharedPathErrors : IErrorFormat
{
    public string Schema => "SharedError";

    public int FindStatus(GatewayErrorKind kind) => ErrorStatus.FromKind(kind);

    public void WriteBody(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteStartObject();
        TeiErrors.WriteFields(writer, error);
        CohereErrors.WriteFields(writer, error);
        writer.WriteEndObject();
    }
}
