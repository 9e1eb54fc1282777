using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Reranker.Gateway.Json;

/// <summary>
/// Strings of any JSON text. Users send what their crawlers found: lone surrogates (<c>"\ud800"</c>), on which
/// <see cref="Utf8JsonReader.GetString"/> throws. Here they become U+FFFD, as every tokenizer would read them.
/// </summary>
/// <remarks>
/// A text may be as long as the body and lie in many pieces. It is measured first and then written into its string, so that it
/// is in memory once and not in a buffer of the pool beside it.
/// </remarks>
internal static class JsonText
{
    // A text up to here is unescaped beside its string and then copied: measuring takes longer.
    private const int MaxBuffered = 8 * 1024;

    // Shorter runs between escapes are not worth a call.
    private const int ShortRun = 8;

    /// <summary>The text of the reader's current string token, or the characters of a number or literal.</summary>
    public static string Read(ref Utf8JsonReader reader) =>
        reader.HasValueSequence ? Decode(reader.ValueSequence, reader.ValueIsEscaped) : Decode(reader.ValueSpan, reader.ValueIsEscaped);

    /// <summary>The text of a string token in one piece, without its quotes.</summary>
    public static string Decode(ReadOnlySpan<byte> token, bool isEscaped)
    {
        if (!isEscaped)
        {
            return Encoding.UTF8.GetString(token);
        }

        if (token.Length <= MaxBuffered)
        {
            var buffer = ArrayPool<char>.Shared.Rent(token.Length);
            var text = new string(buffer, 0, Unescape(token, buffer));
            ArrayPool<char>.Shared.Return(buffer);
            return text;
        }

        var copy = ArrayPool<byte>.Shared.Rent(token.Length);
        token.CopyTo(copy);
        var longText = Decode(new ReadOnlySequence<byte>(copy, 0, token.Length), isEscaped: true);
        ArrayPool<byte>.Shared.Return(copy);
        return longText;
    }

    /// <summary>The text of a string token in pieces, without its quotes.</summary>
    public static string Decode(ReadOnlySequence<byte> token, bool isEscaped) =>
        string.Create(CountUnits(token, isEscaped), (token, isEscaped), static (text, value) =>
        {
            WriteText(value.token, text, value.isEscaped);
            if (value.isEscaped)
            {
                ReplaceLoneSurrogates(text);
            }
        });

    /// <summary>UTF-16 code units of a token, which is valid JSON in valid UTF-8.</summary>
    private static int CountUnits(in ReadOnlySequence<byte> token, bool isEscaped)
    {
        long units = 0;
        var skip = 0; // bytes of an escape that go on in the next piece
        foreach (var piece in token)
        {
            var bytes = piece.Span;
            while (!bytes.IsEmpty)
            {
                if (skip < 0)
                {
                    // The letter behind a backslash that ended a piece.
                    skip = JsonEscapes.FindLength(bytes[0]) - 1;
                }

                if (skip > 0)
                {
                    var here = Math.Min(skip, bytes.Length);
                    skip -= here;
                    bytes = bytes[here..];
                    continue;
                }

                var backslash = isEscaped ? bytes.IndexOf((byte)'\\') : -1;
                var plain = backslash < 0 ? bytes : bytes[..backslash];
                units += CountUnitsOfPlain(plain);
                bytes = bytes[plain.Length..];
                if (backslash < 0)
                {
                    continue;
                }

                units++;
                skip = bytes.Length == 1 ? -1 : JsonEscapes.FindLength(bytes[1]);
                bytes = skip < 0 ? [] : bytes;
            }
        }

        return checked((int)units);
    }

    private static int CountUnitsOfPlain(ReadOnlySpan<byte> utf8)
    {
        if (Ascii.IsValid(utf8))
        {
            return utf8.Length;
        }

        var units = 0;
        foreach (var value in utf8)
        {
            // One for the byte that starts a character, another for one of four bytes, which is a surrogate pair.
            units += ((value & 0xC0) != 0x80 ? 1 : 0) + (value >= 0xF0 ? 1 : 0);
        }

        return units;
    }

    private static void WriteText(in ReadOnlySequence<byte> token, Span<char> text, bool isEscaped)
    {
        var decoder = token.IsSingleSegment ? null : Encoding.UTF8.GetDecoder();
        Span<byte> escape = stackalloc byte[JsonEscapes.UnicodeLength];
        var started = 0;
        var length = 0;
        foreach (var piece in token)
        {
            var bytes = piece.Span;
            while (!bytes.IsEmpty)
            {
                if (started > 0)
                {
                    escape[started++] = bytes[0];
                    bytes = bytes[1..];
                    if (started == JsonEscapes.FindLength(escape[1]))
                    {
                        text[length++] = JsonEscapes.Unescape(escape);
                        started = 0;
                    }

                    continue;
                }

                var backslash = isEscaped ? bytes.IndexOf((byte)'\\') : -1;
                var plain = backslash < 0 ? bytes : bytes[..backslash];
                length += decoder?.GetChars(plain, text[length..], flush: false) ?? Encoding.UTF8.GetChars(plain, text[length..]);
                bytes = bytes[plain.Length..];
                if (backslash < 0)
                {
                    continue;
                }

                if (bytes.Length >= JsonEscapes.UnicodeLength)
                {
                    text[length++] = JsonEscapes.Unescape(bytes);
                    bytes = bytes[JsonEscapes.FindLength(bytes[1])..];
                }
                else
                {
                    escape[started++] = bytes[0];
                    bytes = bytes[1..];
                }
            }
        }
    }

    // The syntax was checked before.
    private static int Unescape(ReadOnlySpan<byte> token, Span<char> text)
    {
        var (at, length, hasSurrogates) = (0, 0, false);
        while (at < token.Length)
        {
            var run = token[at..].IndexOf((byte)'\\');
            run = run < 0 ? token.Length - at : run;
            length += CopyPlain(token.Slice(at, run), text[length..]);
            at += run;
            while (at < token.Length && token[at] == '\\')
            {
                var unit = JsonEscapes.Unescape(token[at..]);
                hasSurrogates |= char.IsSurrogate(unit);
                text[length++] = unit;
                at += JsonEscapes.FindLength(token[at + 1]);
            }
        }

        if (hasSurrogates)
        {
            ReplaceLoneSurrogates(text[..length]);
        }

        return length;
    }

    private static int CopyPlain(ReadOnlySpan<byte> utf8, Span<char> text)
    {
        if (utf8.Length > ShortRun)
        {
            return Encoding.UTF8.GetChars(utf8, text);
        }

        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] > 0x7F)
            {
                return i + Encoding.UTF8.GetChars(utf8[i..], text[i..]);
            }

            text[i] = (char)utf8[i];
        }

        return utf8.Length;
    }

    private static void ReplaceLoneSurrogates(Span<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
            else
            {
                text[i] = '\uFFFD';
            }
        }
    }
}
