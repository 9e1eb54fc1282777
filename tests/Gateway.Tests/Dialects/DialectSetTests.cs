using System.Buffers;
using System.Text;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;
using Reranker.Gateway.Routing;

namespace Reranker.Gateway.Tests.Dialects;

/// <summary>Which dialect a body of a path is in, and how errors look until that is known.</summary>
public sealed class DialectSetTests
{
    private static readonly SharedPathErrors Errors = new();
    private static readonly DialectSet Shared = new(Errors, GatewayError.CreateInvalid("neither"), new TeiDialect(), new CohereDialect("jina", "1"));

    [Theory]
    [InlineData("""{"texts":[]}""", "tei")]
    [InlineData("""{"documents":[]}""", "jina")]
    [InlineData("""{"documents":[],"texts":[]}""", "tei")]
    [InlineData("""{"documents":[],"texts":null}""", "jina")]
    public void The_first_dialect_that_recognizes_a_body_reads_it(string body, string dialect) =>
        Assert.Equal(dialect, Shared.FindDialect(Parse(body)).Name);

    [Fact]
    public void A_body_that_none_of_several_recognizes_is_an_error_of_the_path()
    {
        Assert.Equal("neither", Assert.Throws<RequestFormatException>(() => Shared.FindDialect(Parse("{}"))).Message);
        Assert.Equal(("undetermined", Errors), (Shared.Name, Shared.Errors));
    }

    [Fact]
    public void The_only_dialect_of_a_path_reads_every_body_and_writes_every_error()
    {
        var only = new CohereDialect("cohere-v2", "2");
        var set = new DialectSet(only);

        Assert.Same(only, set.FindDialect(Parse("{}")));
        Assert.Equal(("cohere-v2", only.Errors), (set.Name, set.Errors));
    }

    private static JsonFields Parse(string body) => JsonFields.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)));
}
