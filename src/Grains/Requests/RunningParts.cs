using System.Collections.Concurrent;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>The requests under way on this silo whose callers ask for their parts. Thread-safe.</summary>
internal sealed class RunningParts
{
    private static readonly RerankParts NotUnderWay = new() { IsUnderWay = false };

    private readonly ConcurrentDictionary<Guid, RequestParts> _requests = new();

    /// <summary>Keeps the parts of a request until it is closed; null when its caller does not ask for them.</summary>
    public RequestParts? OpenParts(RerankRequest request)
    {
        if (request.PartsId is not { } id)
        {
            return null;
        }

        // A name that is in use is another request's, whose caller would be told these scores.
        var parts = new RequestParts();
        return _requests.TryAdd(id, parts) ? parts : null;
    }

    /// <summary>Forgets a request that has ended.</summary>
    public void CloseParts(RerankRequest request, RequestParts? parts)
    {
        if (parts is not null)
        {
            _requests.TryRemove(request.PartsId!.Value, out _);
            parts.EndRequest();
        }
    }

    /// <summary>Waits for parts of a request.</summary>
    public Task<RerankParts> AwaitPartsAsync(Guid id, CancellationToken cancellationToken)
        => _requests.TryGetValue(id, out var parts) ? parts.AwaitNewsAsync(cancellationToken) : Task.FromResult(NotUnderWay);
}
