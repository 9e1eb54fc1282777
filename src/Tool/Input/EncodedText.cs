using System.Text;

namespace Reranker.Tool.Input;

/// <summary>
/// Text from a file or a pipe, whatever the machine's language is: UTF-8, or what a byte order mark says. Bytes that are no
/// such text are refused, because a replacement character would be scored in their place.
/// </summary>
internal static class EncodedText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The mark of UTF-32 begins with that of UTF-16, so it is asked first.
    private static readonly (byte[] Mark, Encoding Encoding, string Name)[] Marked =
    [
        ([0xEF, 0xBB, 0xBF], Utf8, "UTF-8"),
        ([0xFF, 0xFE, 0, 0], new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true), "UTF-32"),
        ([0, 0, 0xFE, 0xFF], new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true), "UTF-32"),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true), "UTF-16"),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true), "UTF-16"),
    ];

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InputException">The bytes are no text; the message has the line and not its text.</exception>
    public static async Task<string> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken);
        return Decode(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), name);
    }

    /// <summary>Decodes text.</summary>
    /// <exception cref="InputException">The bytes are no text.</exception>
    public static string Decode(ReadOnlySpan<byte> content, string name)
    {
        var (encoding, mark, called) = ((Encoding)Utf8, 0, "UTF-8");
        foreach (var known in Marked)
        {
            if (content.StartsWith(known.Mark))
            {
                (encoding, mark, called) = (known.Encoding, known.Mark.Length, known.Name);
                break;
            }
        }

        content = content[mark..];
        string text;
        try
        {
            text = encoding.GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException(
                $"{name}: line {FindLine(content, encoding, e.Index)} is no {called}; convert it, such as with: iconv -f ISO-8859-1 -t UTF-8", e);
        }

        var zero = text.IndexOf('\0', StringComparison.Ordinal);
        return zero < 0
            ? text
            : throw new InputException(
                $"{name}: line {1 + text.AsSpan(0, zero).Count('\n')} holds a zero byte, which no text does; UTF-16 is read where it begins with a byte order mark");
    }

    private static int FindLine(ReadOnlySpan<byte> content, Encoding encoding, int index)
    {
        var forgiving = (Encoding)encoding.Clone();
        forgiving.DecoderFallback = DecoderFallback.ReplacementFallback;
        return 1 + forgiving.GetString(content[..Math.Clamp(index, 0, content.Length)]).AsSpan().Count('\n');
    }
}
