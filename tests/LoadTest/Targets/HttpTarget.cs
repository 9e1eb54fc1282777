using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Reranker.LoadTest.Requests;

namespace Reranker.LoadTest.Targets;

/// <summary>One or several gateways over HTTP, taken in turn.</summary>
internal sealed class HttpTarget : ILoadTarget
{
    // The gateway ends a request at its deadline; this is for a gateway that does not.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = int.MaxValue,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    });

    private readonly Uri[] _urls;
    private readonly TimeSpan _timeout;
    private readonly string _deadline;
    private readonly AuthenticationHeaderValue? _key;
    private readonly int _attempts;
    private int _turn = -1;

    public HttpTarget(LoadOptions options)
    {
        _urls = [.. options.Urls.Select(u => new Uri(u, "/rerank"))];
        _timeout = options.Deadline + Grace;
        _deadline = Math.Ceiling(options.Deadline.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture);
        _key = options.ApiKey is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
        _attempts = options.Failover ? _urls.Length : 1;
    }

    public async Task<Answer> SendAsync(LoadBody body, Memory<float> scores, CancellationToken cancellationToken)
    {
        var turn = (uint)Interlocked.Increment(ref _turn);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_timeout);
        for (var attempt = 1; ; attempt++)
        {
            var (answer, elsewhere) = await SendAsync(_urls[(turn + attempt - 1) % _urls.Length], body, scores, timeout.Token);
            if (!elsewhere || attempt >= _attempts)
            {
                return answer;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells beside the answer whether another gateway may have a better one.</summary>
    private async Task<(Answer Answer, bool Elsewhere)> SendAsync(Uri url, LoadBody body, Memory<float> scores, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body.Json) };
            request.Content.Headers.ContentType = JsonType;
            request.Headers.TryAddWithoutValidation("X-Request-Timeout-Ms", _deadline);
            request.Headers.Authorization = _key;
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                var refused = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
                var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
                await response.Content.CopyToAsync(Stream.Null, cancellationToken);
                return (new Answer(status, refused), response.StatusCode == HttpStatusCode.ServiceUnavailable);
            }

            return (await ReadAsync(response, scores, cancellationToken), false);
        }
        catch (OperationCanceledException)
        {
            return (new Answer("timeout"), false);
        }
        catch (HttpRequestException e)
        {
            return (new Answer($"connection {e.HttpRequestError}"), true);
        }
        catch (IOException e)
        {
            return (new Answer($"connection {(e as HttpIOException)?.HttpRequestError ?? HttpRequestError.Unknown}"), true);
        }
    }

    private static async Task<Answer> ReadAsync(HttpResponseMessage response, Memory<float> scores, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)(response.Content.Headers.ContentLength ?? 16_384) + 1);
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var length = 0;
            for (int read; (read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0;)
            {
                length += read;
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return new Answer(ReplyReader.Read(buffer.AsSpan(0, length), scores.Span), Tokens: Tokens(response));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Tokens(HttpResponseMessage response)
        => response.Headers.NonValidated.TryGetValues("x-compute-tokens", out var values)
            && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
                ? tokens
                : 0;
}
