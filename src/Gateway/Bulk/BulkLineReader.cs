using System.Buffers;
using System.IO.Pipelines;
using Reranker.Budgets;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Bulk;

/// <summary>
/// Reads a body line by line, and no further than somebody wants the next line: what is not read stays with the caller, whose connection
/// holds it back. Used by one method at a time.
/// </summary>
internal sealed class BulkLineReader(
    HttpRequest request, string tenant, ByteBudget budget, GatewayOptions options, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan MemoryPause = TimeSpan.FromMilliseconds(100);
    private const int FirstBuffer = 4 * 1024;

    private long _number;
    private bool _isAtEnd;
    private long _wanted;

    /// <summary>Lines that were read.</summary>
    public long Lines => _number;

    /// <summary>The next line that is not empty; null at the end of the body. It has the time of a whole body of other paths, however it comes.</summary>
    /// <exception cref="RequestFormatException">The body broke off, or the line took too long, or the gateway stops: no more lines are read.</exception>
    public async Task<BulkLine?> ReadLineAsync(CancellationToken aborted)
    {
        _wanted = time.GetTimestamp();
        while (!_isAtEnd)
        {
            if (!await SkipBlanksAsync(aborted))
            {
                return null;
            }

            if (await ReadAnyLineAsync(aborted) is { } line)
            {
                return line;
            }
        }

        return null;
    }

    // Empty lines cost next to nothing: a compressed body may hold a thousand for every byte that was sent.
    private async Task<bool> SkipBlanksAsync(CancellationToken aborted)
    {
        while (true)
        {
            aborted.ThrowIfCancellationRequested();
            var read = await ReadSomeAsync(aborted);
            var (blanks, isAll) = CountBlanks(read.Buffer);
            request.BodyReader.AdvanceTo(read.Buffer.GetPosition(blanks));
            if (!isAll)
            {
                return true;
            }

            if (read.IsCompleted)
            {
                _isAtEnd = true;
                return false;
            }
        }
    }

    private (long Blanks, bool IsAll) CountBlanks(ReadOnlySequence<byte> bytes)
    {
        long blanks = 0;
        foreach (var piece in bytes)
        {
            var text = piece.Span.IndexOfAnyExcept(" \t\r\n"u8);
            var empty = text < 0 ? piece.Span : piece.Span[..text];
            _number += empty.Count((byte)'\n');
            blanks += empty.Length;
            if (text >= 0)
            {
                return (blanks, false);
            }
        }

        return (blanks, true);
    }

    private async Task<BulkLine?> ReadAnyLineAsync(CancellationToken aborted)
    {
        var body = new PooledBuffer(FirstBuffer);
        var memory = budget.OpenLease(tenant);
        var isKept = false;
        try
        {
            var content = new LineContent(body);
            await ReadToLineEndAsync(content, memory, aborted);
            if (content.IsBlank && content.Error is null)
            {
                _number += _isAtEnd && body.Length == 0 ? 0 : 1;
                return null;
            }

            isKept = true;
            _number++;
            return new BulkLine(_number, body, memory, content.Error ?? (content.IsUtf8 ? null : GatewayError.CreateBadJson("The line is not valid UTF-8.")));
        }
        finally
        {
            if (!isKept)
            {
                body.Dispose();
                memory.Dispose();
            }
        }
    }

    private async Task ReadToLineEndAsync(LineContent content, BudgetLease memory, CancellationToken aborted)
    {
        while (true)
        {
            var read = await ReadSomeAsync(aborted);
            var newLine = read.Buffer.PositionOf((byte)'\n');
            var piece = newLine is { } end ? read.Buffer.Slice(0, end) : read.Buffer;
            try
            {
                await TakePieceAsync(content, piece, memory, aborted);
            }
            finally
            {
                request.BodyReader.AdvanceTo(newLine is { } at ? read.Buffer.GetPosition(1, at) : read.Buffer.End);
            }

            if (newLine is not null)
            {
                return;
            }

            if (read.IsCompleted)
            {
                _isAtEnd = true;
                return;
            }
        }
    }

    // The rest of a line that is refused is read and dropped, so that the next one is found.
    private async Task TakePieceAsync(LineContent content, ReadOnlySequence<byte> piece, BudgetLease memory, CancellationToken aborted)
    {
        if (content.Error is not null)
        {
            return;
        }

        if (content.Length + piece.Length > options.MaxBodyBytes)
        {
            content.Error = new GatewayError(GatewayErrorKind.BodyTooLarge, $"The line is larger than {options.MaxBodyBytes} bytes.");
            memory.SetHeldWithoutLimit(0);
        }
        else if (!await TryReserveAsync(memory, piece.Length * ByteBudget.BytesPerBodyByte, aborted))
        {
            content.Error = GatewayError.CreateNoMemory();
            memory.SetHeldWithoutLimit(0);
        }
        else
        {
            content.Add(piece);
        }
    }

    private async Task<bool> TryReserveAsync(BudgetLease memory, long bytes, CancellationToken aborted)
    {
        var started = time.GetTimestamp();
        while (!memory.TryGrow(bytes))
        {
            if (time.GetElapsedTime(started) >= options.BodyTimeout)
            {
                return false;
            }

            await Task.Delay(MemoryPause, time, aborted);
        }

        // The caller is not to blame for this time.
        _wanted += time.GetTimestamp() - started;
        return true;
    }

    private async Task<ReadResult> ReadSomeAsync(CancellationToken aborted)
    {
        try
        {
            if (!stopping.IsCancellationRequested && request.BodyReader.TryRead(out var ready))
            {
                return ready;
            }

            var left = options.BodyTimeout - time.GetElapsedTime(_wanted);
            using var timeout = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            using var end = request.BodyReader.CancelPendingReadOn(timeout.Token);
            using var stop = request.BodyReader.CancelPendingReadOn(stopping);
            var read = await request.BodyReader.ReadAsync(aborted);
            if (!read.IsCanceled)
            {
                return read;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or IOException or InvalidDataException or InvalidOperationException && !aborted.IsCancellationRequested)
        {
            throw new RequestFormatException(GatewayError.CreateBadJson(exception is InvalidDataException
                ? "The body's compressed data was cut off, or is broken."
                : "The body could not be read further."));
        }

        throw new RequestFormatException(stopping.IsCancellationRequested
            ? new GatewayError(GatewayErrorKind.Unavailable, "The gateway is about to stop.")
            : new GatewayError(GatewayErrorKind.BodyTooSlow, "The body paused for too long, or a line of it came too slowly."));
    }

    private sealed class LineContent(PooledBuffer body)
    {
        private Utf8Check _check;
        private bool _isValid = true;

        public long Length => body.Length;

        public bool IsBlank { get; private set; } = true;

        public bool IsUtf8 => _isValid && _check.IsComplete;

        public GatewayError? Error { get; set; }

        public void Add(ReadOnlySequence<byte> bytes)
        {
            foreach (var piece in bytes)
            {
                _isValid = _isValid && _check.ValidatePiece(piece.Span);
                IsBlank = IsBlank && piece.Span.IndexOfAnyExcept(" \t\r"u8) < 0;
                body.Write(piece.Span);
            }
        }
    }
}
