using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Nim;

/// <summary>NIM's errors: status and title, which NVIDIA's clients show, beside what those of the other formats read.</summary>
internal sealed class NimErrors : IErrorFormat
{
    public static readonly NimErrors Instance = new();

    private NimErrors()
    {
    }

    public string Schema => "NimError";

    public int FindStatus(GatewayErrorKind kind) => ErrorStatus.FromKind(kind);

    public void WriteBody(Utf8JsonWriter writer, GatewayError error)
    {
        var status = FindStatus(error.Kind);
        writer.WriteStartObject();
        writer.WriteNumber("status"u8, status);
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
        CohereErrors.WriteFields(writer, error);
        OpenAiError.WriteObject(writer, error, status);
        writer.WriteEndObject();
    }
}
