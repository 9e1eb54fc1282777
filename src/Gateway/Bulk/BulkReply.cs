using System.IO.Pipelines;
using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Bulk;

/// <summary>
/// The lines of a reply as they come, whole and one at a time. Some are kept for a caller that does not read: most send all of a body
/// before they look for the reply, and a gateway that waited for them meanwhile would wait for ever. Thread-safe.
/// </summary>
internal sealed class BulkReply(CancellationToken aborted) : IDisposable
{
    /// <summary>Bytes of lines that are kept while the caller does not read; then no more lines of its body are scored.</summary>
    public const int MaxKept = 1024 * 1024;

    private const int LineBuffer = 16 * 1024;
    private readonly Pipe _lines = new(new PipeOptions(pauseWriterThreshold: MaxKept, resumeWriterThreshold: MaxKept / 2));
    private static readonly JsonWriterOptions Format = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private long _scored;
    private long _failed;
    private long _tokens;

    /// <summary>Lines whose result was sent.</summary>
    public long Done => Interlocked.Read(ref _scored) + Interlocked.Read(ref _failed);

    /// <summary>Lines that got scores, lines that got an error, and tokens of those that got scores.</summary>
    public (long Scored, long Failed, long Tokens) Counts => (Interlocked.Read(ref _scored), Interlocked.Read(ref _failed), Interlocked.Read(ref _tokens));

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Sends the scores of a line.</summary>
    public async Task SendScoresAsync(long line, string? id, IRerankDialect dialect, RerankCall call, RankedReply reply)
    {
        await SendLineAsync(writer =>
        {
            WriteHead(writer, line, id, StatusCodes.Status200OK);
            writer.WritePropertyName("response"u8);
            dialect.WriteReply(writer, call, reply);
        });
        Interlocked.Increment(ref _scored);
        Interlocked.Add(ref _tokens, reply.Result.Usage.Tokens);
    }

    /// <summary>Sends why a line got no scores.</summary>
    public async Task SendErrorAsync(long line, string? id, IErrorFormat format, GatewayError error)
    {
        await SendLineAsync(writer =>
        {
            WriteHead(writer, line, id, format.FindStatus(error.Kind));
            writer.WritePropertyName("response"u8);
            format.WriteBody(writer, error);
        });
        Interlocked.Increment(ref _failed);
    }

    /// <summary>Sends the lines until there are no more.</summary>
    public async Task SendToCallerAsync(HttpContext context, ReplySender sender)
    {
        while (true)
        {
            var read = await _lines.Reader.ReadAsync(aborted);
            await sender.SendPartAsync(context, read.Buffer);
            _lines.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>There are no more lines.</summary>
    public void Complete() => _lines.Writer.Complete();

    /// <summary>Says how far it is, so that callers and proxies see that it is still there.</summary>
    public Task SendProgressAsync(long read) => SendLineAsync(writer =>
    {
        writer.WriteStartObject("progress"u8);
        WriteCounts(writer, read);
        writer.WriteEndObject();
    });

    /// <summary>The last line: without it the reply is not whole.</summary>
    /// <param name="read">Lines that were read.</param>
    /// <param name="fault">Why no more were read; null at the end of the body.</param>
    public Task SendSummaryAsync(long read, string? fault) => SendLineAsync(writer =>
    {
        writer.WriteStartObject("summary"u8);
        WriteCounts(writer, read);
        writer.WriteBoolean("complete"u8, fault is null);
        if (fault is not null)
        {
            writer.WriteString("reason"u8, fault);
        }

        writer.WriteEndObject();
    });

    private static void WriteHead(Utf8JsonWriter writer, long line, string? id, int status)
    {
        writer.WriteNumber("line"u8, line);
        if (id is not null)
        {
            writer.WriteString("custom_id"u8, id);
        }

        writer.WriteNumber("status"u8, status);
    }

    private void WriteCounts(Utf8JsonWriter writer, long read)
    {
        var (scored, failed, tokens) = Counts;
        writer.WriteNumber("lines"u8, read);
        writer.WriteNumber("scored"u8, scored);
        writer.WriteNumber("failed"u8, failed);
        writer.WriteNumber("tokens"u8, tokens);
    }

    private async Task SendLineAsync(Action<Utf8JsonWriter> write)
    {
        using var buffer = new PooledBuffer(LineBuffer);
        using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        System.Buffers.BuffersExtensions.Write(buffer, "\n"u8);
        await _oneAtATime.WaitAsync(aborted);
        try
        {
            foreach (var piece in buffer.Written)
            {
                System.Buffers.BuffersExtensions.Write(_lines.Writer, piece.Span);
            }

            await _lines.Writer.FlushAsync(aborted);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
