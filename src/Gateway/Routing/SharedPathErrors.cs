using System.Text.Json;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Routing;

/// <summary>
/// The errors of the path that TEI and the <c>documents</c> family share, before a body has shown which one it is: the union of
/// their fields, so that each client finds its own.
/// </summary>
internal sealed class SharedPathErrors() : ErrorFormat("SharedError")
{
    protected override void WriteFields(Utf8JsonWriter writer, GatewayError error, int status)
    {
        TeiErrors.WriteMessage(writer, error);
        CohereErrors.WriteMessage(writer, error);
    }
}
