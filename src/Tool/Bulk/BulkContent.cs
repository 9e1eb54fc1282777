using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Reranker.Tool.Bulk;

/// <summary>A body of lines.</summary>
internal sealed class BulkContent : HttpContent
{
    private readonly IReadOnlyList<BulkLineOfFile> _lines;

    public BulkContent(IReadOnlyList<BulkLineOfFile> lines)
    {
        _lines = lines;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var line in _lines)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line.Text + "\n"), cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _lines.Sum(static line => Encoding.UTF8.GetByteCount(line.Text) + 1L);
        return true;
    }
}
