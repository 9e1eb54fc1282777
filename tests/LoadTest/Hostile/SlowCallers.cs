using System.Net.Sockets;
using System.Text;

namespace Reranker.LoadTest.Hostile;

/// <summary>
/// Connections that are slow on purpose: some send their body a byte a second, some ask for a large reply and take none of it.
/// One that the gateway cuts off comes back.
/// </summary>
internal sealed class SlowCallers(Uri url, string? key, int replyBytes, bool comeBack, TimeProvider time)
{
    private const int AnnouncedBytes = 1_000_000;
    private const int TextBytes = 50_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Callers that all came at the same moment would be a flood of connections beside.
    private const double Spread = 5;
    private readonly Random _random = new(1);

    private int _attached;
    private int _cutOff;

    /// <summary>Connections that were cut off so far.</summary>
    public int CutOff => _cutOff;

    /// <summary>Attaches all, calls back, and stays until it is cancelled.</summary>
    public async Task StayAsync(int senders, int readers, Action attached, CancellationToken cancellationToken)
    {
        // Texts as people write them: what is measured is that nobody takes the reply.
        var text = string.Concat(Enumerable.Repeat("The river runs past the old mill and under the bridge. ", TextBytes / 55));
        var texts = string.Join(',', Enumerable.Repeat($"\"{text}\"", Math.Max(1, replyBytes / TextBytes)));
        var reply = Encoding.ASCII.GetBytes($$"""{"query":"q","return_text":true,"texts":[{{texts}}]}""");
        Task[] all =
        [
            .. Enumerable.Range(0, senders).Select(_ => RepeatAsync(SendSlowlyAsync, cancellationToken)),
            .. Enumerable.Range(0, readers).Select(_ => RepeatAsync((stream, mark, end) => ReadNothingAsync(stream, reply, mark, end), cancellationToken)),
        ];
        while (Volatile.Read(ref _attached) < all.Length && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        attached();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RepeatAsync(Func<NetworkStream, Action, CancellationToken, Task> be, CancellationToken cancellationToken)
    {
        var isMarked = false;
        await Task.Delay(Pause * (_random.NextDouble() * Spread), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (var isFirst = true; !cancellationToken.IsCancellationRequested && (isFirst || comeBack); isFirst = false)
        {
            try
            {
                using var client = new TcpClient { ReceiveBufferSize = 4096 };
                await client.ConnectAsync(url.Host, url.Port, cancellationToken);
                using var stream = client.GetStream();
                await be(stream, Mark, cancellationToken);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
            }

            Interlocked.Increment(ref _cutOff);
            Mark();
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        void Mark()
        {
            if (!isMarked)
            {
                isMarked = true;
                Interlocked.Increment(ref _attached);
            }
        }
    }

    private async Task SendSlowlyAsync(NetworkStream stream, Action mark, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Head(AnnouncedBytes), cancellationToken);
        await stream.WriteAsync("{"u8.ToArray(), cancellationToken);
        mark();
        var answer = stream.ReadAsync(new byte[1024], cancellationToken).AsTask();
        while (!answer.IsCompleted)
        {
            await stream.WriteAsync(" "u8.ToArray(), cancellationToken);
            await Task.WhenAny(answer, Task.Delay(Pause, time, cancellationToken));
        }

        await answer;
    }

    private async Task ReadNothingAsync(NetworkStream stream, byte[] body, Action mark, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Head(body.Length), cancellationToken);
        await stream.WriteAsync(body, cancellationToken);
        _ = await stream.ReadAsync(new byte[16], cancellationToken);
        mark();
        while (true)
        {
            await Task.Delay(Pause, time, cancellationToken);

            // A connection that was broken off takes no more either, and says so.
            await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }

    private byte[] Head(int length) => Encoding.ASCII.GetBytes(
        $"POST /rerank HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Length: {length}\r\n{(key is null ? "" : $"Authorization: Bearer {key}\r\n")}\r\n");
}
