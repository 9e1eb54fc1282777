using System.Net;
using System.Net.Http.Headers;

namespace Reranker.Chart.Drills;

/// <summary>gRPC's health protocol, byte by byte: what a load balancer or a kubelet asks.</summary>
internal static class GrpcHealth
{
    /// <summary>What a server that is ready answers.</summary>
    public const int Serving = 1;

    /// <summary>Asks for the state of the whole server.</summary>
    /// <returns>Its state, as the protocol numbers it.</returns>
    public static async Task<int> CheckAsync(HttpClient http, Uri server, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "/grpc.health.v1.Health/Check"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,

            // A message of no bytes, and the five before it that say so.
            Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.ParseAdd("trailers");
        using var response = await http.SendAsync(request, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());

        // Field 1 of the message, a number.
        Assert.Equal([0, 0, 0, 0, 2, 8], body[..6]);
        return body[6];
    }
}
