using System.Threading.Channels;
using Reranker.Client;
using Reranker.Protocols.Wire;

namespace Reranker.Gateway.Rpc.V1;

/// <summary>
/// Writes the scores of one request to its stream as they become known. Those that the caller has not taken wait here; the request goes
/// on without it, and holds no more than its scores.
/// </summary>
internal sealed class PartWriting : IAsyncDisposable
{
    private readonly Channel<RerankPart> _parts = Channel.CreateUnbounded<RerankPart>();
    private readonly Task _writing;
    private int _generation;

    public PartWriting(StreamWriter writer, string id, ulong sequence) => _writing = WritePartsAsync(writer, id, sequence);

    /// <summary>Takes in a part.</summary>
    public void AddPart(RerankPart part)
    {
        if (part is { Scores.Count: 0, Response: not null })
        {
            return;
        }

        if (part.Generation > _generation)
        {
            // What nobody has taken of an earlier one is void.
            _generation = part.Generation;
            while (_parts.Reader.TryRead(out _))
            {
            }
        }

        _parts.Writer.TryWrite(part);
    }

    /// <summary>Ends when all parts are written. There is none after this.</summary>
    public Task FinishAsync()
    {
        _parts.Writer.TryComplete();
        return _writing;
    }

    /// <summary>Leaves no part behind that is still to be written.</summary>
    public async ValueTask DisposeAsync()
    {
        _parts.Writer.TryComplete();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WritePartsAsync(StreamWriter writer, string id, ulong sequence)
    {
        await foreach (var part in _parts.Reader.ReadAllAsync())
        {
            await writer.WriteReplyAsync(new RerankStreamReply { Id = id, Sequence = sequence, Partial = RerankMessages.CreatePartial(part) });
        }
    }
}
