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
    private const int MaxDepth = 64;
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    // Of a value by itself, which is within the body's object.
    private static readonly JsonReaderOptions ValueReaderOptions = new() { MaxDepth = MaxDepth - 1 };

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
            if (!fields.TryIndexFields())
            {
                fields._values.Clear();
                fields.IndexFields();
            }

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

    /// <summary>A cursor at the start of a field.</summary>
    public bool TryOpenCursor(string name, out JsonCursor cursor)
    {
        var has = Has(name);
        cursor = has ? new JsonCursor(SliceValue(_values[name])) : default;
        return has;
    }

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

    private static ReadOnlySpan<byte> Null => "null"u8;

    private static bool StartsWithMark(in ReadOnlySequence<byte> body) =>
        StartsWith(body, ByteOrderMark);

    private ReadOnlySequence<byte> SliceValue((long Start, long End) range) => _body.Slice(range.Start, range.End - range.Start);

    private bool IsNull((long Start, long End) range) => range.End - range.Start == Null.Length && StartsWith(SliceValue(range), Null);

    private static bool StartsWith(in ReadOnlySequence<byte> json, ReadOnlySpan<byte> bytes)
    {
        var reader = new SequenceReader<byte>(json);
        return reader.IsNext(bytes);
    }

    // The common body, mostly strings and lists of them. False at anything that is not plainly right: whether and where it is wrong is
    // the library's to say.
    private bool TryIndexFields()
    {
        var cursor = new JsonCursor(_body);
        if (!cursor.TrySkipToken((byte)'{'))
        {
            return false;
        }

        for (var seen = 0; seen < MaxFields; seen++)
        {
            if (cursor.PeekToken() != '"' || cursor.ReadString() is not { } name || !cursor.TrySkipToken((byte)':'))
            {
                return false;
            }

            cursor.PeekToken();
            var start = cursor.Position;
            var ahead = cursor;
            if (ahead.TrySkipStrings())
            {
                cursor = ahead;
            }
            else if (!TrySkipValue(ref cursor))
            {
                return false;
            }

            _values[name] = (start, cursor.Position);
            if (!cursor.TrySkipToken((byte)','))
            {
                return cursor.TrySkipToken((byte)'}') && cursor.PeekToken() == 0 && cursor.Position == _body.Length;
            }
        }

        return false;
    }

    private static bool TrySkipValue(ref JsonCursor cursor)
    {
        try
        {
            var reader = new Utf8JsonReader(cursor.Rest, ValueReaderOptions);
            reader.Read();
            reader.Skip();
            cursor.Skip(reader.BytesConsumed);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

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
