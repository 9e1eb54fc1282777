using Google.Protobuf;

namespace Reranker.Cluster.Tests.Telemetry;

/// <summary>A span as a process exported it; ids are in hexadecimal.</summary>
/// <param name="Trace">Its trace.</param>
/// <param name="Id">Its own id.</param>
/// <param name="Parent">Id of the span it is a part of; empty for the first of a trace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Links">Spans it links to, of other traces too.</param>
/// <param name="Text">All of it as text, attributes and events included, for what must not be in there.</param>
internal sealed record Span(string Trace, string Id, string Parent, string Name, (string Trace, string Id)[] Links, string Text)
{
    // ExportTraceServiceRequest: resource_spans = 1, scope_spans = 2, spans = 2; Span: trace_id = 1, span_id = 2, parent_span_id = 4,
    // name = 5, links = 13; Link: trace_id = 1, span_id = 2.
    private const int ResourceSpans = 1;
    private const int ScopeSpans = 2;
    private const int Spans = 2;
    private const int TraceId = 1;
    private const int SpanId = 2;
    private const int ParentId = 4;
    private const int NameField = 5;
    private const int LinksField = 13;

    /// <summary>Reads all spans of a message of OTLP.</summary>
    public static IEnumerable<Span> ReadAll(byte[] export) =>
        from resource in Fields(export, ResourceSpans)
        from scope in Fields(resource, ScopeSpans)
        from span in Fields(scope, Spans)
        select new Span(
            Hex(Fields(span, TraceId)),
            Hex(Fields(span, SpanId)),
            Hex(Fields(span, ParentId)),
            Fields(span, NameField).Single().ToStringUtf8(),
            [.. Fields(span, LinksField).Select(l => (Hex(Fields(l, TraceId)), Hex(Fields(l, SpanId))))],
            span.ToStringUtf8());

    private static string Hex(IEnumerable<ByteString> id) => string.Concat(id.Select(i => Convert.ToHexStringLower(i.Span)));

    private static List<ByteString> Fields(ByteString message, int number) => Fields(message.ToByteArray(), number);

    private static List<ByteString> Fields(byte[] message, int number)
    {
        var found = new List<ByteString>();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
