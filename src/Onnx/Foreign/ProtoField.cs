using System.Text;

namespace Reranker.Onnx.Foreign;

/// <summary>A field of a protobuf message, as it stands in the file: what is not understood is copied as it is.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Whole">All of its bytes.</param>
/// <param name="Content">The content of a text or message; empty for a number.</param>
/// <param name="Integer">The value of an integer.</param>
internal readonly record struct ProtoField(int Number, ReadOnlyMemory<byte> Whole, ReadOnlyMemory<byte> Content, long Integer)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    /// <summary>The content as text.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>The fields of a message.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static IEnumerable<ProtoField> ReadAll(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var start = at;
            var tag = ReadVarint(message.Span, ref at);
            var (number, type) = ((int)(tag >> 3), (int)(tag & 7));
            long integer = 0;
            var (from, length) = (at, 0L);
            switch (type)
            {
                case Varint:
                    integer = (long)ReadVarint(message.Span, ref at);
                    break;
                case Fixed64:
                    length = sizeof(ulong);
                    break;
                case Fixed32:
                    length = sizeof(uint);
                    break;
                case Delimited:
                    length = (long)ReadVarint(message.Span, ref at);
                    from = at;
                    break;
                default:
                    throw new InvalidDataException($"a field has the type {type}, which protobuf has not");
            }

            if (number == 0 || length < 0 || length > message.Length - at)
            {
                throw new InvalidDataException("a field reaches beyond the end");
            }

            at += (int)length;
            yield return new ProtoField(number, message[start..at], type == Delimited ? message.Slice(from, (int)length) : default, integer);
        }
    }

    /// <summary>The numbers of a repeated field, whether they stand one by one or packed.</summary>
    public static IEnumerable<long> ReadIntegers(IEnumerable<ProtoField> fields)
    {
        foreach (var field in fields)
        {
            if (field.Content.IsEmpty)
            {
                yield return field.Integer;
            }

            var at = 0;
            while (at < field.Content.Length)
            {
                yield return (long)ReadVarint(field.Content.Span, ref at);
            }
        }
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length)
            {
                throw new InvalidDataException("it breaks off");
            }

            var part = bytes[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number has no end");
    }
}
