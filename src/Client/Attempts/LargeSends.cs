using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>
/// Counts the large requests that are being sent. Messages to a silo share a connection, so a message behind tens of megabytes waits
/// for them. An answer that is late for that reason is not lost, and sending the megabytes once more would make it later still.
/// </summary>
internal sealed class LargeSends(TimeProvider time)
{
    private const int MinCharacters = 1_000_000;

    // Characters a second that a busy processor still writes and reads; networks and idle processors do several times as much.
    private const double CharactersPerSecond = 20_000_000;

    // How many times as long they may take before they count as sent. A request is under way for as long as it waits for its
    // turn, too, and then it holds up nobody's message.
    private const int MaxTimes = 2;

    private readonly Lock _lock = new();
    private long _characters;
    private TimeSpan _clear;

    /// <summary>Counts a request until it is disposed, if it is large.</summary>
    public Sending TrackIfLarge(RerankRequest request)
    {
        var characters = request.Query.Length + request.Passages.Sum(static p => (long)p.Length);
        if (characters < MinCharacters)
        {
            return new Sending(this, 0);
        }

        lock (_lock)
        {
            var now = time.GetElapsedTime(0);
            _characters += characters;
            _clear = (_clear > now ? _clear : now) + (MaxTimes * EstimateTime(characters));
        }

        return new Sending(this, characters);
    }

    /// <summary>A patience and the time that the large requests take to be sent.</summary>
    public TimeSpan ExtendPatience(TimeSpan patience)
    {
        if (patience == Timeout.InfiniteTimeSpan)
        {
            return patience;
        }

        lock (_lock)
        {
            var left = _clear - time.GetElapsedTime(0);
            var all = EstimateTime(_characters);
            return left <= TimeSpan.Zero ? patience : patience + (left < all ? left : all);
        }
    }

    private static TimeSpan EstimateTime(long characters) => TimeSpan.FromSeconds(characters / CharactersPerSecond);

    private void RemoveCharacters(long characters)
    {
        lock (_lock)
        {
            _characters -= characters;
        }
    }

    /// <summary>One request.</summary>
    public sealed class Sending(LargeSends owner, long characters) : IDisposable
    {
        public void Dispose()
        {
            if (characters > 0)
            {
                owner.RemoveCharacters(characters);
            }
        }
    }
}
