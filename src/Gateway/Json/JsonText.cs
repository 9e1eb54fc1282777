using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Reranker.Gateway.Json;

/// <summary>
/// Strings of any JSON text. Users send what their crawlers found: lone surrogates (<c>"\ud800"</c>) and invalid UTF-8, on
/// which <see cref="Utf8JsonReader.GetString"/> throws. Here they become U+FFFD, as every tokenizer would read them.
/// </summary>
internal static class JsonText
{
    /// <summary>The text of the reader's current string token.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        // Encoding.UTF8 replaces what it cannot decode.
        return reader.ValueIsEscaped ? Unescape(reader.ValueSpan) : Encoding.UTF8.GetString(reader.ValueSpan);
    }

    private static string Unescape(ReadOnlySpan<byte> escaped)
    {
        var chars = ArrayPool<char>.Shared.Rent(escaped.Length);
        try
        {
            var length = 0;
            while (!escaped.IsEmpty)
            {
                var backslash = escaped.IndexOf((byte)'\\');
                var plain = backslash < 0 ? escaped : escaped[..backslash];
                length += Encoding.UTF8.GetChars(plain, chars.AsSpan(length));
                if (backslash < 0)
                {
                    break;
                }

                // The reader has checked the syntax: a known letter, or u and four hexadecimal digits.
                var letter = escaped[backslash + 1];
                chars[length++] = letter == 'u' ? CodeUnit(escaped.Slice(backslash + 2, 4)) : Simple(letter);
                escaped = escaped[(backslash + (letter == 'u' ? 6 : 2))..];
            }

            ReplaceLoneSurrogates(chars.AsSpan(0, length));
            return new string(chars, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private static char CodeUnit(ReadOnlySpan<byte> digits)
    {
        _ = Utf8Parser.TryParse(digits, out ushort unit, out _, 'x');
        return (char)unit;
    }

    private static char Simple(byte letter) => letter switch
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
