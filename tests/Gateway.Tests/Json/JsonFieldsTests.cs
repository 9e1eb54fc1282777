using System.Buffers;
using System.Text;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Tests.Json;

/// <summary>What counts as an object of fields, and which of them are there.</summary>
public sealed class JsonFieldsTests
{
    [Theory]
    [InlineData("", "The body is not valid JSON (line 1, byte 1).")]
    [InlineData("{", "The body is not valid JSON (line 1, byte 2).")]
    [InlineData("{\n\"a\":tru}", "The body is not valid JSON (line 2, byte 8).")]
    [InlineData("{\"a\":1} x", "The body is not valid JSON (line 1, byte 9).")]
    [InlineData("{\"a\":1,}", "The body is not valid JSON (line 1, byte 8).")]
    [InlineData("[]", "The body must be a JSON object.")]
    [InlineData("null", "The body must be a JSON object.")]
    public void A_body_that_is_no_object_is_an_error_that_says_where_and_quotes_nothing(string body, string message)
    {
        var error = Assert.Throws<RequestFormatException>(() => Parse(body)).Error;

        Assert.Equal((GatewayErrorKind.BadJson, message), (error.Kind, error.Message));
    }

    [Theory]
    [InlineData("{\"a\":1}", true)]
    [InlineData("{\"\\u0061\":1}", true)]
    [InlineData("\uFEFF{\"a\":1}", true)]
    [InlineData(" {\"a\" : {\"b\":null} } ", true)]
    [InlineData("{\"a\":null}", false)]
    [InlineData("{\"a\":1,\"a\":null}", false)]
    [InlineData("{\"A\":1}", false)]
    [InlineData("{\"b\":{\"a\":1}}", false)]
    public void A_field_is_there_when_its_last_value_is_not_null(string body, bool isThere) => Assert.Equal(isThere, Parse(body).Has("a"));

    [Fact]
    public void Only_so_many_fields_are_kept()
    {
        Assert.True(Parse(Repeat(1024)).Has("f1023"));
        Assert.Throws<RequestFormatException>(() => Parse(Repeat(1025)));

        static string Repeat(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"f{i}\":1")) + "}";
    }

    private static JsonFields Parse(string body) => JsonFields.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)));
}
