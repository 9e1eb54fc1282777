using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>
/// Large requests that are on their way. Messages to a silo share a connection, so whatever is sent behind tens of megabytes waits for
/// them: an answer that is late for that is not lost, and sending the megabytes once more would make it later still.
/// </summary>
internal sealed class LargeSends
{
    private const int Large = 1_000_000;

    // What a busy processor still writes and reads of a message; networks and idle ones do several times as much.
    private const double CharactersPerSecond = 20_000_000;

    private long _characters;

    /// <summary>Counts a request until it is disposed, if it is large.</summary>
    public Entry Add(RerankRequest request)
    {
        var characters = request.Query.Length + request.Passages.Sum(static p => (long)p.Length);
        return new Entry(this, characters >= Large ? characters : 0);
    }

    /// <summary>A patience and the time that the large requests take to be sent.</summary>
    public TimeSpan Extend(TimeSpan patience) => patience == Timeout.InfiniteTimeSpan
        ? patience
        : patience + TimeSpan.FromSeconds(Interlocked.Read(ref _characters) / CharactersPerSecond);

    /// <summary>One request.</summary>
    public sealed class Entry : IDisposable
    {
        private readonly LargeSends _owner;
        private readonly long _characters;

        public Entry(LargeSends owner, long characters)
        {
            (_owner, _characters) = (owner, characters);
            Interlocked.Add(ref owner._characters, characters);
        }

        public void Dispose() => Interlocked.Add(ref _owner._characters, -_characters);
    }
}
