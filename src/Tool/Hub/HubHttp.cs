using System.Net;
using System.Net.Http.Headers;

namespace Reranker.Tool.Hub;

/// <summary>
/// Requests to the hub and to the hosts that it sends its callers on to. The token goes to the hub alone: a redirect to another
/// host, port or scheme is followed without it, and none leads from TLS to plain text.
/// </summary>
internal sealed class HubHttp : IDisposable
{
    /// <summary>The header with the hash of what a redirect leads to.</summary>
    public const string LinkedTag = "X-Linked-Etag";

    private const int MaxRedirects = 10;

    private readonly HubSettings _settings;
    private readonly HubFaults _faults;
    private readonly HttpClient _client;

    public HubHttp(HubSettings settings)
    {
        _settings = settings;
        _faults = new HubFaults(settings);

        // Files are hashed as they are sent, so nothing is unpacked on the way.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = settings.StallTime })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("reranker", typeof(HubHttp).Assembly.GetName().Version?.ToString(3)));
        _client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    /// <summary>Sends a request and follows where it leads; the reply's body is still to be read.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A reply of success, or for <see cref="HubRequest.StopsAtLink"/> a redirect.</returns>
    /// <exception cref="HubException">The hub refuses.</exception>
    /// <exception cref="PassingFaultException">It might answer in a moment.</exception>
    public async Task<HttpResponseMessage> SendAsync(HubRequest request, CancellationToken cancellationToken)
    {
        var url = request.Url;
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            var reply = await SendOnceAsync(request, url, cancellationToken);
            if (FindRedirect(reply, url) is not { } next)
            {
                return RequireSuccess(reply, request);
            }

            if (request.StopsAtLink && reply.Headers.Contains(LinkedTag))
            {
                return reply;
            }

            reply.Dispose();
            if (next.Scheme is not ("http" or "https"))
            {
                throw new HubException($"{url.Authority} sends callers on to an address of the kind '{next.Scheme}', which nobody follows");
            }

            if (url.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
            {
                throw new HubException($"{url.Authority} sends callers on to {next.Authority} without TLS, which nobody follows");
            }

            url = next;
        }

        throw new HubException($"{request.Url.Authority} sends callers on more than {MaxRedirects} times");
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(HubRequest request, Uri url, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, url);
        if (_settings.Token is { } token && IsSameOrigin(url, _settings.Endpoint))
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (request.From > 0)
        {
            message.Headers.Range = new RangeHeaderValue(request.From, null);
        }

        using var stall = new CancellationTokenSource(_settings.StallTime, _settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            return await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw _faults.DescribeStall(url);
        }
        catch (HttpRequestException e)
        {
            throw _faults.Describe(e, url);
        }
    }

    private HttpResponseMessage RequireSuccess(HttpResponseMessage reply, HubRequest request)
    {
        // A range beyond the end is the caller's to mend.
        if (reply.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && request.From > 0)
        {
            return reply;
        }

        if (_faults.Find(reply, request.Model, request.File) is not { } fault)
        {
            return reply;
        }

        reply.Dispose();
        throw fault;
    }

    private static Uri? FindRedirect(HttpResponseMessage reply, Uri url)
        => reply.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            && reply.Headers.Location is { } location
                ? new Uri(url, location)
                : null;

    private static bool IsSameOrigin(Uri one, Uri other)
        => one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.Host, other.Host, StringComparison.OrdinalIgnoreCase);
}
