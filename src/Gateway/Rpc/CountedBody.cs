using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Reranker.Budgets;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Rpc;

/// <summary>
/// The body of a call, between the server and gRPC, which reads its messages: what is read counts against the memory of all requests
/// as it comes, as a body of HTTP does, and a message that was begun must come to its end in its time.
/// </summary>
internal sealed class CountedBody(PipeReader inner, BudgetLease memory, RpcContract contract, TimeSpan messageTimeout, TimeProvider time)
    : PipeReader, IRequestBodyPipeFeature
{
    private ReadOnlySequence<byte> _buffer;
    private long _unread;
    private long _consumed;
    private long? _messageStarted;

    PipeReader IRequestBodyPipeFeature.Reader => this;

    /// <summary>Bytes of the messages that were read since this was last asked. Who asks counts them from here on.</summary>
    public long TakeConsumed()
    {
        var consumed = _consumed;
        _consumed = 0;
        memory.SetHeldWithoutLimit(_unread * ByteBudget.BytesPerBodyByte);
        return consumed;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult read;
        try
        {
            read = _unread > 0 ? await ReadWithinMessageAsync(cancellationToken) : await inner.ReadAsync(cancellationToken);
        }
        catch (BadHttpRequestException exception)
        {
            throw exception.StatusCode == StatusCodes.Status408RequestTimeout
                ? CreateTooSlow()
                : RpcStatus.CreateException(contract, GatewayError.CreateBadJson("The message could not be read."));
        }

        Count(read.Buffer);
        return read;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        Count(result.Buffer);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var taken = _buffer.Slice(_buffer.Start, consumed).Length;
        _unread = _buffer.Length - taken;
        _consumed += taken;
        if (taken > 0)
        {
            _messageStarted = null;
        }

        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        memory.SetHeldWithoutLimit(0);
        inner.Complete(exception);
    }

    private async ValueTask<ReadResult> ReadWithinMessageAsync(CancellationToken cancellationToken)
    {
        // The time runs while more is wanted, not while earlier messages of a stream are worked on.
        _messageStarted ??= time.GetTimestamp();
        var left = messageTimeout - time.GetElapsedTime(_messageStarted.Value);
        using var timeout = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var end = inner.CancelPendingReadOn(timeout.Token);
        var read = await inner.ReadAsync(cancellationToken);
        if (!read.IsCanceled || !timeout.IsCancellationRequested)
        {
            return read;
        }

        inner.AdvanceTo(read.Buffer.End);
        throw CreateTooSlow();
    }

    private void Count(in ReadOnlySequence<byte> buffer)
    {
        _buffer = buffer;
        _unread = buffer.Length;
        if (ClaimsTooMuch(buffer))
        {
            inner.AdvanceTo(buffer.End);
            throw RpcStatus.CreateException(contract, new GatewayError(GatewayErrorKind.BodyTooLarge, "The message is larger than allowed."));
        }

        if (!memory.TryResize((_consumed + _unread) * ByteBudget.BytesPerBodyByte))
        {
            // At once, so that those who ask meanwhile are not refused for its sake.
            memory.SetHeldWithoutLimit(0);
            inner.AdvanceTo(buffer.End);
            throw RpcStatus.CreateException(contract, GatewayError.CreateNoMemory());
        }
    }

    // Only whole messages are consumed, so that what is unread begins with the head of one. A length of more than 31 bits is an error of the
    // connection to gRPC.
    private static bool ClaimsTooMuch(in ReadOnlySequence<byte> buffer) =>
        new SequenceReader<byte>(buffer).TryPeek(1, out var highest) && highest > sbyte.MaxValue;

    private RpcException CreateTooSlow() =>
        RpcStatus.CreateException(contract, new GatewayError(GatewayErrorKind.BodyTooSlow, "The message came too slowly."));
}
