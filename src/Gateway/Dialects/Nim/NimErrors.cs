using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Nim;

/// <summary>NIM's errors: status and title, which NVIDIA's clients show, beside what those of the other formats read.</summary>
internal sealed class NimErrors() : CohereErrors("NimError")
{
    public static new readonly NimErrors Instance = new();

    protected override void WriteFields(Utf8JsonWriter writer, GatewayError error, int status)
    {
        writer.WriteNumber("status"u8, status);
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
        base.WriteFields(writer, error, status);
    }
}
