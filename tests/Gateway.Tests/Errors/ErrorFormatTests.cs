using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Nim;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Routing;

namespace Reranker.Gateway.Tests.Errors;

/// <summary>Every error has a status and a body in every format, byte for byte.</summary>
public sealed class ErrorFormatTests
{
    private static readonly Dictionary<string, IErrorFormat> Formats = new()
    {
        ["tei"] = TeiErrors.Instance,
        ["cohere"] = CohereErrors.Instance,
        ["nim"] = NimErrors.Instance,
        ["shared"] = new SharedPathErrors(),
    };

    [Theory]
    [InlineData("BadJson", 400, "Validation", 400)]
    [InlineData("Invalid", 422, "Validation", 400)]
    [InlineData("NoPassages", 400, "Empty", 400)]
    [InlineData("TooManyPassages", 422, "Validation", 400)]
    [InlineData("BodyTooLarge", 413, "Validation", 413)]
    [InlineData("BodyTooSlow", 408, "Validation", 408)]
    [InlineData("UnknownEncoding", 415, "Validation", 415)]
    [InlineData("NoRoute", 404, "Validation", 404)]
    [InlineData("WrongMethod", 405, "Validation", 405)]
    [InlineData("TooLong", 422, "Validation", 400)]
    [InlineData("UnknownModel", 404, "Validation", 404)]
    [InlineData("Unauthorized", 401, null, 401)]
    [InlineData("Quota", 429, "Overloaded", 429)]
    [InlineData("Busy", 429, "Overloaded", 503)]
    [InlineData("Unavailable", 503, "Unhealthy", 503)]
    [InlineData("Expired", 504, "Backend", 504)]
    [InlineData("Failed", 424, "Backend", 500)]
    [InlineData("Internal", 500, "Backend", 500)]
    public void An_error_has_its_status_and_its_body(string kind, int tei, string? type, int others)
    {
        var error = new GatewayError(Enum.Parse<GatewayErrorKind>(kind), "why");

        Assert.Equal((tei, type is null ? "" : $$"""{"error":"why","error_type":"{{type}}"}"""), Format("tei", error));
        var openAi = $$"""{"message":"why","type":"{{TypeOf(others)}}","param":null,"code":{{others}}}""";
        Assert.Equal((others, $$"""{"message":"why","detail":"why","error":{{openAi}}}"""), Format("cohere", error));
        Assert.Equal(
            (others, $$"""{"status":{{others}},"title":"{{ReasonPhrases.GetReasonPhrase(others)}}","message":"why","detail":"why","error":{{openAi}}}"""),
            Format("nim", error));
        Assert.Equal(
            (others, $$"""{"error":"why","error_type":"{{type ?? "Validation"}}","message":"why","detail":"why"}"""), Format("shared", error));
    }

    [Fact]
    public void An_error_of_a_field_names_it_where_clients_of_openai_look() =>
        Assert.Contains("\"param\":\"top_n\"", Format("cohere", GatewayError.CreateInvalid("why", "top_n")).Body, StringComparison.Ordinal);

    [Fact]
    public void No_kind_of_error_is_left_out()
    {
        var tested = typeof(ErrorFormatTests).GetMethod(nameof(An_error_has_its_status_and_its_body))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Length;

        Assert.Equal(Enum.GetValues<GatewayErrorKind>().Length, tested);
    }

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static (int Status, string Body) Format(string format, GatewayError error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Formats[format].WriteBody(writer, error);
        }

        return (Formats[format].FindStatus(error.Kind), Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
