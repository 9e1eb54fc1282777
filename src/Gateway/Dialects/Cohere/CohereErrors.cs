using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>
/// The errors of the <c>documents</c> family: <c>message</c> is what Cohere's clients read, <c>detail</c> what those of Jina,
/// Haystack and Xinference do, and <c>error</c> what those of OpenAI and vLLM do, on the same path.
/// </summary>
internal sealed class CohereErrors : IErrorFormat
{
    public static readonly CohereErrors Instance = new();

    private CohereErrors()
    {
    }

    public string Schema => "Error";

    public int FindStatus(GatewayErrorKind kind) => ErrorStatus.FromKind(kind);

    public void WriteBody(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteStartObject();
        WriteFields(writer, error);
        OpenAiError.WriteObject(writer, error, FindStatus(error.Kind));
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields that no other dialect's error has in another type.</summary>
    public static void WriteFields(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("detail"u8, error.Message);
    }
}
