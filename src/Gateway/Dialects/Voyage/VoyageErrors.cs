using System.Text.Json;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Voyage;

/// <summary>
/// Voyage's errors: <c>detail</c> for its own clients, and the <c>error</c> object that the AI SDK's provider reads, which takes
/// <c>code</c> for a text and shows no reason at all where it is a number.
/// </summary>
internal sealed class VoyageErrors : IErrorFormat
{
    public static readonly VoyageErrors Instance = new();

    private VoyageErrors()
    {
    }

    public string Schema => "VoyageError";

    public int FindStatus(GatewayErrorKind kind) => ErrorStatus.FromKind(kind);

    public void WriteBody(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteStartObject();
        CohereErrors.WriteFields(writer, error);
        OpenAiError.WriteObject(writer, error, FindStatus(error.Kind), codeAsText: true);
        writer.WriteEndObject();
    }
}
