using System.Buffers;
using System.Text;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Tests.Json;

/// <summary>Lists of passages: strings, or objects and the fields of them that rank.</summary>
public sealed class PassageListReaderTests
{
    [Theory]
    [InlineData("""["a","b"]""", null, new[] { "a", "b" })]
    [InlineData("""[{"text":"a"},"b",{"content":"c"}]""", null, new[] { "a", "b", "c" })]
    [InlineData("""[{"content":"c","text":"a"}]""", null, new[] { "a" })]
    [InlineData("""[{"title":"t","text":"a"}]""", "title", new[] { "t" })]
    [InlineData("""[{"title":"t","year":1984,"draft":true}]""", "year,title,draft", new[] { "year: 1984\ntitle: t\ndraft: true" })]
    [InlineData("""[{"title":null,"year":7}]""", "title,year", new[] { "year: 7" })]
    [InlineData("""[{"content":[{"type":"text","text":"a"},"b",{"text":"c"}]}]""", null, new[] { "a\nb\nc" })]
    [InlineData("""[{"content":[1],"content":[{"type":"text","text":"a","type":"text"}]}]""", null, new[] { "a" })]
    [InlineData("""[{"other":{"text":"no"},"text":"a"}]""", null, new[] { "a" })]
    public void Passages_are_read_in_order(string list, string? rankFields, string[] expected) =>
        Assert.Equal(expected, Read(list, rankFields));

    [Theory]
    [InlineData("""[]""", true, nameof(GatewayErrorKind.NoPassages), "invalid request: list of f must not be empty")]
    [InlineData("""["a","b","c","d"]""", true, nameof(GatewayErrorKind.TooManyPassages), "'f' has more than 3 entries.")]
    [InlineData("""null""", true, nameof(GatewayErrorKind.Invalid), "'f' is missing.")]
    [InlineData("\"a\"", true, nameof(GatewayErrorKind.Invalid), "'f' must be a list.")]
    [InlineData("""["a",7]""", true, nameof(GatewayErrorKind.Invalid), "'f[1]' must be a string or an object with 'text'.")]
    [InlineData("""[{"text":"a"}]""", false, nameof(GatewayErrorKind.Invalid), "'f[0]' must be a string.")]
    [InlineData("""["a",{"text":7}]""", true, nameof(GatewayErrorKind.Invalid), "'f[1].text' must be a string.")]
    [InlineData("""[{"title":"a"}]""", true, nameof(GatewayErrorKind.Invalid), "'f[0]' has none of the fields 'text', 'content'.")]
    public void What_is_no_list_of_passages_is_an_error_that_says_which_entry(string list, bool allowObjects, string kind, string message)
    {
        var error = Assert.Throws<RequestFormatException>(() => Read(list, null, allowObjects)).Error;

        Assert.Equal((kind, message), (error.Kind.ToString(), error.Message));
    }

    private static string[] Read(string list, string? rankFields, bool allowObjects = true) =>
        JsonFields.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes($$"""{"f":{{list}}}""")))
            .ReadPassages("f", rankFields?.Split(','), allowObjects, max: 3);
}
