using System.Buffers;
using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Json;

/// <summary>
/// The top-level fields of a JSON object, found in one pass over the body without building a tree: a body of many small
/// values would make a tree several times its size. A field is decoded only when a dialect asks for it, so a field that a
/// dialect does not know may hold anything.
/// </summary>
internal sealed class JsonFields
{
    private const int MaxFields = 1024;
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };

    private readonly ReadOnlySequence<byte> _body;
    private readonly Dictionary<string, (long Start, long End)> _values = new(StringComparer.Ordinal);

    private JsonFields(in ReadOnlySequence<byte> body) => _body = body;

    /// <summary>The bytes behind the JSON, where a path takes some.</summary>
    public ReadOnlySequence<byte> Attached { get; private init; }

    /// <summary>Finds the fields of an object; of a repeated name the last one counts, as in every common parser.</summary>
    /// <exception cref="RequestFormatException">The body is no JSON object, or a very odd one.</exception>
    public static JsonFields Parse(ReadOnlySequence<byte> body) => Parse(body, attached: default);

    /// <summary>The same, of a body with something behind its JSON.</summary>
    public static JsonFields Parse(ReadOnlySequence<byte> body, ReadOnlySequence<byte> attached)
    {
        var fields = new JsonFields(StartsWithMark(body) ? body.Slice(ByteOrderMark.Length) : body) { Attached = attached };
        try
        {
            fields.IndexFields();
            return fields;
        }
        catch (JsonException exception)
        {
            // The exception's message quotes the body; its position does not.
            throw new RequestFormatException(
                GatewayError.CreateBadJson($"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})."));
        }
    }

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => _values.TryGetValue(name, out var range) && !IsNull(range);

    /// <summary>A reader on the first token of a field.</summary>
    public bool TryOpenField(string name, out Utf8JsonReader reader)
    {
        if (!Has(name))
        {
            reader = default;
            return false;
        }

        reader = new Utf8JsonReader(SliceValue(_values[name]), ReaderOptions);
        reader.Read();
        return true;
    }

    /// <summary>The bytes of a piece of a field, from positions that its reader told.</summary>
    public byte[] CopyBytes(string name, long start, long end) => SliceValue(_values[name]).Slice(start, end - start).ToArray();

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private static bool StartsWithMark(in ReadOnlySequence<byte> body) =>
        body.Length >= ByteOrderMark.Length && body.Slice(0, ByteOrderMark.Length).ToArray().AsSpan().SequenceEqual(ByteOrderMark);

    private ReadOnlySequence<byte> SliceValue((long Start, long End) range) => _body.Slice(range.Start, range.End - range.Start);

    private bool IsNull((long Start, long End) range) => range.End - range.Start == 4 && SliceValue(range).ToArray().AsSpan().SequenceEqual("null"u8);

    private void IndexFields()
    {
        var reader = new Utf8JsonReader(_body, ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new RequestFormatException(GatewayError.CreateBadJson("The body must be a JSON object."));
        }

        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (++seen > MaxFields)
            {
                throw new RequestFormatException(GatewayError.CreateBadJson($"The body has more than {MaxFields} fields."));
            }

            var name = JsonText.Read(ref reader);
            reader.Read();
            var start = reader.TokenStartIndex;
            reader.Skip();
            _values[name] = (start, reader.BytesConsumed);
        }

        // Reads past the object's end: anything but white space there is an error.
        reader.Read();
    }
}
