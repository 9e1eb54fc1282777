namespace Reranker.Gateway.Json;

/// <summary>Escapes in strings of JSON: a backslash and a letter, or <c>\u</c> and four hexadecimal digits.</summary>
internal static class JsonEscapes
{
    /// <summary>Bytes of <c>\u0041</c>.</summary>
    public const int UnicodeLength = 6;

    /// <summary>Bytes of <c>\n</c>.</summary>
    public const int SimpleLength = 2;

    /// <summary>Bytes of an escape by the letter behind its backslash.</summary>
    public static int FindLength(byte letter) => letter == 'u' ? UnicodeLength : SimpleLength;

    /// <summary>Bytes of the escape at the start; 0 where none is.</summary>
    public static int MeasureValid(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < SimpleLength || bytes[0] != '\\')
        {
            return 0;
        }

        return bytes[1] switch
        {
            (byte)'u' => bytes.Length >= UnicodeLength && IsHex(bytes[2]) && IsHex(bytes[3]) && IsHex(bytes[4]) && IsHex(bytes[5]) ? UnicodeLength : 0,
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => SimpleLength,
            _ => 0,
        };
    }

    /// <summary>The code unit that a valid escape stands for.</summary>
    public static char Unescape(ReadOnlySpan<byte> escape) => escape[1] switch
    {
        (byte)'u' => (char)((ReadDigit(escape[2]) << 12) | (ReadDigit(escape[3]) << 8) | (ReadDigit(escape[4]) << 4) | ReadDigit(escape[5])),
        (byte)'n' => '\n',
        (byte)'t' => '\t',
        (byte)'r' => '\r',
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        var letter => (char)letter,
    };

    private static bool IsHex(byte digit) => char.IsAsciiHexDigit((char)digit);

    private static int ReadDigit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
