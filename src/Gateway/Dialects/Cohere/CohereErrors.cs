using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>
/// The errors of the <c>documents</c> family: <c>message</c> is what Cohere's clients read, <c>detail</c> what those of Jina,
/// Haystack and Xinference do, and <c>error</c> what those of OpenAI and vLLM do, on the same path.
/// </summary>
/// <param name="schema">Name of its schema in the description of the paths.</param>
/// <param name="codeAsText">Whether the code in <c>error</c> is a text.</param>
internal class CohereErrors(string schema = "Error", bool codeAsText = false) : ErrorFormat(schema)
{
    public static readonly CohereErrors Instance = new();

    /// <summary>Writes the fields that no other dialect's error has in another type.</summary>
    public static void WriteMessage(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("detail"u8, error.Message);
    }

    protected override void WriteFields(Utf8JsonWriter writer, GatewayError error, int status)
    {
        WriteMessage(writer, error);
        OpenAiError.WriteObject(writer, error, status, codeAsText);
    }
}
