using System.Text;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Http;

/// <summary>Bodies may be compressed; their limits are of what they become.</summary>
public sealed class ContentEncodingTests
{
    private const string Body = """{"query":"q","documents":["a","bb"]}""";

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("identity")]
    public async Task A_compressed_body_is_decoded(string encoding)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await PostAsync(host, "/v1/rerank", Compression.Compress(Encoding.UTF8.GetBytes(Body), encoding), encoding);

        Assert.Equal(200, answer.Status);
        Assert.Equal(["a", "bb"], Assert.Single(host.Reranker.Calls).Passages);
    }

    [Theory]
    [InlineData("/v1/rerank", "zstd", "message")]
    [InlineData("/rerank", "x-unknown", "union")]
    [InlineData("/v2/rerank", "gzip, gzip", "message")]
    [InlineData("/v2/rerank", "gzip, identity", "message")]
    public async Task Another_encoding_is_415_in_the_shape_of_its_dialect(string path, string encoding, string shape)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await PostAsync(host, path, Encoding.UTF8.GetBytes(Body), encoding);

        Assert.Equal(415, answer.Status);
        ErrorShape.Check(answer, shape);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_bomb_is_413_and_holds_no_more_than_a_body_may(string encoding)
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "100000"), ("MaxBodyBytesInFlight", "3000000"));
        var bomb = Compression.Compress(new byte[50_000_000], encoding);
        Assert.InRange(bomb.Length, 1, 99_999);

        Assert.Equal(413, (await PostAsync(host, "/v1/rerank", bomb, encoding)).Status);

        Assert.Equal(0, host.HeldBytes);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task What_is_not_compressed_as_it_says_is_400(string encoding)
    {
        await using var host = await GatewayHost.StartAsync();
        var whole = Compression.Compress(Encoding.UTF8.GetBytes(Body), encoding);

        Assert.Equal(400, (await PostAsync(host, "/v1/rerank", Encoding.UTF8.GetBytes(Body), encoding)).Status);
        Assert.Equal(400, (await PostAsync(host, "/v1/rerank", whole[..(whole.Length / 2)], encoding)).Status);
        Assert.Equal(400, (await PostAsync(host, "/v1/rerank", [], encoding)).Status);
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("gzip", 1)]
    [InlineData("gzip", 4)]
    [InlineData("gzip", 8)]
    [InlineData("br", 1)]
    [InlineData("deflate", 1)]
    [InlineData("deflate", 4)]
    public async Task Data_that_ends_before_its_end_mark_is_400_even_where_all_of_the_text_came(string encoding, int missing)
    {
        await using var host = await GatewayHost.StartAsync();
        var whole = Compression.Compress(Encoding.UTF8.GetBytes(Body + new string(' ', 5000)), encoding);

        Assert.Equal(200, (await PostAsync(host, "/v1/rerank", whole, encoding)).Status);
        foreach (var path in host.ScoringPaths.Where(static path => !path.EndsWith("/batch", StringComparison.Ordinal)))
        {
            Assert.Equal(400, (await PostAsync(host, path, whole[..^missing], encoding)).Status);
        }

        Assert.Single(host.Reranker.Calls);
    }

    [Fact]
    public async Task A_body_that_needs_a_dictionary_that_nobody_sent_is_400()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(400, (await PostAsync(host, "/v1/rerank", [0x78, 0x20, .. new byte[64]], "deflate")).Status);
    }

    [Fact]
    public async Task Gzip_in_gzip_is_no_json()
    {
        await using var host = await GatewayHost.StartAsync();
        var twice = Compression.Compress(Compression.Compress(Encoding.UTF8.GetBytes(Body), "gzip"), "gzip");

        Assert.Equal(400, (await PostAsync(host, "/v1/rerank", twice, "gzip")).Status);
    }

    private static async Task<Answer> PostAsync(GatewayHost host, string path, byte[] body, string encoding)
    {
        using var request = Compression.CreateRequest(path, body, encoding);
        return await host.SendAsync(request);
    }
}
