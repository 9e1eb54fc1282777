using System.Text;
using CsCheck;
using Reranker.Tool.Input;

namespace Reranker.Tool.Tests.Input;

public sealed class EncodedTextTests
{
    private const string Text = "Bücher\n配件 😀\n";

    public static TheoryData<string, byte[]> Marked => new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes(Text) },
        { "UTF-8 with a mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text)] },
        { "UTF-16 little", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Text)] },
        { "UTF-16 big", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Text)] },
        { "UTF-32", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(Text)] },
    };

    public static TheoryData<string, byte[], string> Others => new()
    {
        { "Latin-1", Encoding.Latin1.GetBytes("one\ntwo\nBücher\n"), "line 3 is no UTF-8" },
        { "cut UTF-8", Encoding.UTF8.GetBytes("one\nBücher")[..6], "line 2 is no UTF-8" },
        { "UTF-16 without a mark", Encoding.Unicode.GetBytes("one\ntwo"), "line 1 holds a zero byte" },
        { "half a UTF-16 character", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a\nb"), 7], "line 2 is no UTF-16" },
        { "a lone surrogate", [.. Encoding.Unicode.Preamble, (byte)'a', 0, 0, 0xD8, (byte)'b', 0], "line 1 is no UTF-16" },
        { "a picture", [0x89, (byte)'P', (byte)'N', (byte)'G'], "line 1 is no UTF-8" },
    };

    [Theory]
    [MemberData(nameof(Marked))]
    public void Text_is_read_in_the_encoding_of_its_mark(string encoding, byte[] content)
        => Assert.True(EncodedText.Decode(content, "f") == Text, encoding);

    [Theory]
    [MemberData(nameof(Others))]
    public void Bytes_that_are_no_text_are_refused_with_their_line(string kind, byte[] content, string reason)
    {
        var error = Assert.Throws<InputException>(() => EncodedText.Decode(content, "some.txt"));

        Assert.True(error.Message.StartsWith("some.txt: ", StringComparison.Ordinal) && error.Message.Contains(reason, StringComparison.Ordinal), $"{kind}: {error.Message}");
    }

    [Fact]
    public void A_replacement_character_comes_out_only_where_one_went_in()
        => Gen.Byte.Array[0, 12].Sample(
            content =>
            {
                try
                {
                    var text = EncodedText.Decode(content, "f");
                    Assert.True(!text.Contains('\uFFFD', StringComparison.Ordinal) || content.AsSpan().IndexOf((byte)0xFD) >= 0 || content.AsSpan().IndexOf((byte)0xBD) >= 0);
                }
                catch (InputException)
                {
                }
            },
            iter: 20_000, seed: "0000000000D1", threads: 1);
}
