using System.Buffers;
using System.Buffers.Text;
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
    private const int UnicodeEscape = 6; // \u0041
    private const int SimpleEscape = 2; // \n

    /// <summary>The text of the reader's current string token, or the characters of a number or literal.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        if (!reader.HasValueSequence && !reader.ValueIsEscaped)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }

        if (reader.HasValueSequence)
        {
            return CreateText(reader.ValueSequence, reader.ValueIsEscaped);
        }

        // A span cannot be handed to what writes into a string, so a piece of the body is copied on the way.
        var copy = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        reader.ValueSpan.CopyTo(copy);
        var text = CreateText(new ReadOnlySequence<byte>(copy, 0, reader.ValueSpan.Length), isEscaped: true);
        ArrayPool<byte>.Shared.Return(copy);
        return text;
    }

    private static string CreateText(ReadOnlySequence<byte> token, bool isEscaped) =>
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
                    skip = (bytes[0] == 'u' ? UnicodeEscape : SimpleEscape) - 1;
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
                skip = bytes.Length == 1 ? -1 : bytes[1] == 'u' ? UnicodeEscape : SimpleEscape;
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
        Span<byte> escape = stackalloc byte[UnicodeEscape];
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
                    if (started == (escape[1] == 'u' ? UnicodeEscape : SimpleEscape))
                    {
                        text[length++] = Unescape(escape);
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

                if (bytes.Length >= UnicodeEscape)
                {
                    text[length++] = Unescape(bytes);
                    bytes = bytes[(bytes[1] == 'u' ? UnicodeEscape : SimpleEscape)..];
                }
                else
                {
                    escape[started++] = bytes[0];
                    bytes = bytes[1..];
                }
            }
        }
    }

    // The reader has checked the syntax: a known letter, or u and four hexadecimal digits.
    private static char Unescape(ReadOnlySpan<byte> escape) => escape[1] == 'u' ? ParseCodeUnit(escape.Slice(2, 4)) : UnescapeLetter(escape[1]);

    private static char ParseCodeUnit(ReadOnlySpan<byte> digits)
    {
        _ = Utf8Parser.TryParse(digits, out ushort unit, out _, 'x');
        return (char)unit;
    }

    private static char UnescapeLetter(byte letter) => letter switch
    {
        (byte)'n' => '\n',
        (byte)'t' => '\t',
        (byte)'r' => '\r',
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        _ => (char)letter,
    };

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
