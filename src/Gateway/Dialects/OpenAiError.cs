using System.Globalization;
using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects;

/// <summary>The <c>error</c> object that clients of OpenAI, vLLM and Infinity read, beside whatever else a dialect's error has.</summary>
internal static class OpenAiError
{
    public static void WriteObject(Utf8JsonWriter writer, GatewayError error, int status, bool codeAsText = false)
    {
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("type"u8, FindType(status));
        writer.WriteString("param"u8, error.Field);
        if (codeAsText)
        {
            writer.WriteString("code"u8, status.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNumber("code"u8, status);
        }

        writer.WriteEndObject();
    }

    private static string FindType(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= StatusCodes.Status500InternalServerError => "server_error",
        _ => "invalid_request_error",
    };
}
