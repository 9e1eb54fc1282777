using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Grpc.Core;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Rpc;

/// <summary>Calls of gRPC made by hand, for what no client would send.</summary>
internal static class RawRpc
{
    private const int HeadBytes = 5;

    /// <summary>A message as it goes over the wire: whether it is compressed, its length, and its bytes.</summary>
    public static byte[] Frame(byte[] message)
    {
        var frame = new byte[HeadBytes + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, HeadBytes);
        return frame;
    }

    /// <summary>Sends bytes to a method and gives the call's status, or that of HTTP where it is no success.</summary>
    public static async Task<RawStatus> SendAsync(GatewayHost host, string method, byte[] body, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = host.Grpc };
        using var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var content = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.TrailingHeaders).ToDictionary(static header => header.Key, static header => header.Value.First(), StringComparer.OrdinalIgnoreCase);
        return new RawStatus(
            (int)response.StatusCode,
            all.TryGetValue("grpc-status", out var code) ? (StatusCode)int.Parse(code, CultureInfo.InvariantCulture) : null,
            all.GetValueOrDefault("grpc-message", ""),
            content);
    }
}

internal sealed record RawStatus(int Http, StatusCode? Code, string RawMessage, byte[] Content)
{
    public string Message => Uri.UnescapeDataString(RawMessage);
}
