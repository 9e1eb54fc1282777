using System.Text;
using Reranker.Gateway.Tests.Fakes;
using RawConnection = Reranker.Fuzz.Sending.RawConnection;

namespace Reranker.Gateway.Tests.Http;

/// <summary>A body whose framing is broken is the sender's mistake, and the gateway says so.</summary>
public sealed class BrokenFramingTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_chunk_that_is_none_is_400_also_where_the_body_is_compressed(string encoding)
    {
        await using var host = await GatewayHost.StartAsync();
        using var connection = await RawConnection.OpenAsync(host.Http.BaseAddress!, TestContext.Current.CancellationToken);

        await connection.SendAsync(
            Encoding.Latin1.GetBytes($"POST /rerank HTTP/1.1\r\nHost: t\r\nContent-Encoding: {encoding}\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc"),
            TestContext.Current.CancellationToken);

        Assert.Equal(400, (await connection.ReadAsync(hasBody: true, TestContext.Current.CancellationToken))?.Status);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFF\r\nabc")]
    [InlineData("zz\r\nabc")]
    [InlineData("-1\r\nabc")]
    [InlineData("3\r\nabcdef\r\n0\r\n\r\n")]
    [InlineData("3\r\nabc\r\n0\r\nX-Trailer: \u00ff\r\n\r\n")]
    public async Task A_chunk_that_is_none_is_400(string chunks)
    {
        await using var host = await GatewayHost.StartAsync();
        using var connection = await RawConnection.OpenAsync(host.Http.BaseAddress!, TestContext.Current.CancellationToken);

        await connection.SendAsync(
            Encoding.Latin1.GetBytes($"POST /rerank HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"), TestContext.Current.CancellationToken);
        var reply = await connection.ReadAsync(hasBody: true, TestContext.Current.CancellationToken);

        Assert.Equal(400, reply?.Status);
        Assert.Contains("The body could not be read.", Encoding.UTF8.GetString(reply!.Body), StringComparison.Ordinal);
    }
}
