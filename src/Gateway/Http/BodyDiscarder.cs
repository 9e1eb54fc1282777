using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Http;

/// <summary>Throws away the rest of bodies whose requests were refused.</summary>
internal sealed class BodyDiscarder(IOptions<GatewayOptions> options, IHostApplicationLifetime lifetime, TimeProvider time) : IDisposable
{
    private const int DiscardsAtOnce = 4;

    // How many bodies of a tenant are discarded at the same time is limited, so that bodies that are wanted come first. Each tenant
    // has places of its own: a slow sender keeps its place as long as it likes, and only its own tenant's bodies wait for it. There
    // are few tenants, because operators name them.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _places = new(StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var places in _places.Values)
        {
            places.Dispose();
        }
    }

    /// <summary>
    /// Reads what is left of the body of a request that was refused, and keeps nothing of it. Most clients send all of a body before they
    /// look for the reply: one whose connection was closed meanwhile would never see why, nor when to come again.
    /// </summary>
    /// <param name="request">Whose body it is.</param>
    /// <param name="tenant">Whose request it is; null where that is not known.</param>
    public async Task DiscardBodyAsync(HttpRequest request, string? tenant)
    {
        if (request.Headers.Expect.Count > 0)
        {
            // The client waits for "100 Continue" before it sends, and the reply has told it not to.
            return;
        }

        using var timeout = new CancellationTokenSource(options.Value.BodyTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, lifetime.ApplicationStopping, request.HttpContext.RequestAborted);
        try
        {
            if (TryDiscardBuffered(request.BodyReader))
            {
                return;
            }

            var places = _places.GetOrAdd(tenant ?? "", static _ => new SemaphoreSlim(DiscardsAtOnce));
            await places.WaitAsync(end.Token);
            try
            {
                await DiscardRestAsync(request, end.Token);
            }
            finally
            {
                places.Release();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or BadHttpRequestException or InvalidDataException or InvalidOperationException)
        {
            // The reply was sent already. Whatever is wrong with the rest, the server closes the connection.
        }
    }

    // Most bodies are there as a whole before they are refused.
    private static bool TryDiscardBuffered(PipeReader reader)
    {
        if (!reader.TryRead(out var read))
        {
            return false;
        }

        reader.AdvanceTo(read.Buffer.End);
        return read.IsCompleted;
    }

    private async Task DiscardRestAsync(HttpRequest request, CancellationToken end)
    {
        using var stop = request.BodyReader.CancelPendingReadOn(end);
        for (long discarded = 0; discarded < options.Value.MaxBodyBytes;)
        {
            var read = await request.BodyReader.ReadAsync(CancellationToken.None);
            discarded += read.Buffer.Length;
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
            {
                return;
            }
        }
    }
}
