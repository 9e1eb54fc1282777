using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Gateway.Tests.Rpc;
using Reranker.Protocols.Wire;
using Reranker.TestKit;

namespace Reranker.Gateway.Tests.Http;

/// <summary>Calls that share a connection of HTTP/2, as those of a client or of all callers behind a proxy do.</summary>
public sealed class SharedConnectionTests
{
    // Of a million bytes a second after the shortest time that there can be, so that the server finds a body too slow soon.
    private static readonly MinDataRate FastRate = new(1_000_000, TimeSpan.FromSeconds(1.1));

    private static readonly byte[] Json = Encoding.UTF8.GetBytes("""{"query":"q","documents":["a"]}""");
    private static readonly byte[] Message = RawRpc.Frame(new RerankRequest { Query = "q", Passages = { "a" } }.ToByteArray());

    [Fact]
    public async Task A_body_that_is_slow_leaves_the_other_calls_alone_and_may_end()
    {
        await using var host = await GatewayHost.StartAsync(
            TimeProvider.System,
            static services => services.PostConfigure<KestrelServerOptions>(static kestrel => kestrel.Limits.MinRequestBodyDataRate = FastRate),
            GatewayHost.WithGrpc);
        var connections = 0;
        using var client = CreateClient(host.Grpc!, () => Interlocked.Increment(ref connections));
        var gate = new TaskCompletionSource();
        host.Reranker.Before = (_, _) => gate.Task;
        var waiting = PostAsync(client, "/v1/rerank", "application/json", Json, Task.CompletedTask);
        var slow = PostAsync(client, "/v1/rerank", "application/json", Json, gate.Task);
        var slowRpc = PostAsync(client, "/reranker.v1.Rerank/Rerank", "application/grpc", Message, gate.Task);
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 1 && host.HeldBytes > Json.Length * 2);

        // By itself a slow body is still cut off, and so the server's clock is known to have been looked at.
        using var alone = host.Connect();
        await alone.SendHeadAsync("/v1/rerank", Json.Length);
        await alone.SendAsync("{");
        Assert.Equal(408, (await alone.ReceiveAsync()).Status);
        gate.SetResult();

        var statuses = await Task.WhenAll(waiting, slow, slowRpc);
        Assert.Equal([200, 200, 200], statuses);
        Assert.Equal(3, host.Reranker.Calls.Count);
        Assert.Equal(1, connections);
    }

    private static HttpClient CreateClient(Uri address, Action connected) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            connected();
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = address,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static async Task<int> PostAsync(HttpClient client, string path, string type, byte[] body, Task middle)
    {
        using var content = new PausingContent(body, middle);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>A body that waits in its middle.</summary>
    private sealed class PausingContent(byte[] body, Task middle) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
            await stream.FlushAsync();
            await middle;
            await stream.WriteAsync(body.AsMemory(body.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
