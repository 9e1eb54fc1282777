using System.Buffers;
using System.Text;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Tests.Json;

/// <summary>What a field may look like for clients that send booleans and numbers as strings, and null for "not set".</summary>
public sealed class FieldConversionsTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"True\"", true)]
    [InlineData("\" false \"", false)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("null", null)]
    public void A_boolean_is_read_from_what_clients_send_for_one(string json, bool? expected) => Assert.Equal(expected, Read(json).ReadBoolean("f"));

    [Theory]
    [InlineData("7", 7)]
    [InlineData("\"7\"", 7)]
    [InlineData("3.0", 3)]
    [InlineData("-1", -1)]
    [InlineData("1e3", 1000)]
    [InlineData("99999999999999999999", int.MaxValue)]
    [InlineData("-1e999", int.MinValue)]
    [InlineData("null", null)]
    public void A_whole_number_is_read_from_what_clients_send_for_one(string json, int? expected) => Assert.Equal(expected, Read(json).ReadInteger("f"));

    [Theory]
    [InlineData("\"a\\u0062\\n\"", "ab\n")]
    [InlineData("\"\"", "")]
    [InlineData("null", null)]
    public void A_text_is_read_without_its_escapes(string json, string? expected) => Assert.Equal(expected, Read(json).ReadText("f"));

    [Theory]
    [InlineData("2", "'f' must be true or false.")]
    [InlineData("\"yes\"", "'f' must be true or false.")]
    [InlineData("[]", "'f' must be true or false.")]
    public void What_is_no_boolean_is_an_error_that_names_the_field(string json, string message) =>
        AssertWrong(message, () => Read(json).ReadBoolean("f"));

    [Theory]
    [InlineData("1.5", "'f' must be a whole number.")]
    [InlineData("\"Infinity\"", "'f' must be a whole number.")]
    [InlineData("\"\"", "'f' must be a whole number.")]
    [InlineData("true", "'f' must be a whole number.")]
    [InlineData("-1", "'f' must not be negative.")]
    public void What_is_no_count_is_an_error_that_names_the_field(string json, string message) =>
        AssertWrong(message, () => Read(json).ReadNonNegative("f"));

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    public void What_is_no_text_is_an_error_that_names_the_field(string json) => AssertWrong("'f' must be a string.", () => Read(json).ReadText("f"));

    [Fact]
    public void A_field_that_is_not_there_is_not_set()
    {
        var fields = Read("1");

        Assert.Null(fields.ReadText("missing"));
        Assert.Null(fields.ReadBoolean("missing"));
        Assert.Null(fields.ReadNonNegative("missing"));
    }

    private static JsonFields Read(string json) => JsonFields.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes($$"""{"f":{{json}}}""")));

    private static void AssertWrong(string message, Func<object?> read)
    {
        var error = Assert.Throws<RequestFormatException>(read).Error;
        Assert.Equal((GatewayErrorKind.Invalid, message, "f"), (error.Kind, error.Message, error.Field));
    }
}
