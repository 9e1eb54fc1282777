using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Tests.Json;

/// <summary>A body may lie in memory in pieces that end anywhere: within a character, within an escape, within a name.</summary>
public sealed class PiecesTests
{
    private static readonly string[] Parts =
    [
        "a", "ü", "字", "😀", "\\n", "\\\\", "\\\"", "\\u0041", "\\u00fc", "\\ud83d\\ude00", "\\ud800", "\\udc00", "\\/", " plain text ", "\\t\\u5b57",
    ];

    private static readonly Gen<string> Escaped = Gen.Int[0, Parts.Length - 1].Array[0, 12].Select(static parts => string.Concat(parts.Select(static i => Parts[i])));

    [Fact]
    public void A_text_is_the_same_however_its_body_is_cut()
    {
        Gen.Select(Escaped, Escaped, Gen.Int[1, 9]).Sample((query, passage, size) =>
        {
            var body = Encoding.UTF8.GetBytes($$$"""{"query":"{{{query}}}","texts":["{{{passage}}}","{{{query}}}"],"skip":{"a":["{{{passage}}}"]}}""");
            var fields = JsonFields.Parse(Pieces.Cut(body, size));

            return fields.ReadText("query") == Decode(query)
                && fields.ReadPassages("texts", null, false, 10).SequenceEqual([Decode(passage), Decode(query)])
                && !fields.Has("missing");
        });
    }

    [Fact]
    public void Null_is_found_across_pieces()
    {
        for (var size = 1; size < 12; size++)
        {
            var fields = JsonFields.Parse(Pieces.Cut("""{"a":null,"b":"null","c":1234}"""u8.ToArray(), size));

            Assert.False(fields.Has("a"));
            Assert.Equal("null", fields.ReadText("b"));
            Assert.Equal(1234, fields.ReadInteger("c"));
        }
    }

    [Fact]
    public void Bytes_in_pieces_are_utf8_exactly_when_they_are_in_one()
    {
        var bytes = Gen.OneOf(Gen.Byte.Array[0, 12], Gen.String.Select(Encoding.UTF8.GetBytes), Escaped.Select(Encoding.UTF8.GetBytes));
        Gen.Select(bytes, Gen.Byte.Array[0, 3], Gen.Int[1, 5]).Sample(
            (good, bad, size) =>
            {
                byte[] all = [.. good, .. bad];
                var check = new Utf8Check();
                var isRight = true;
                foreach (var piece in Pieces.Cut(all, size))
                {
                    isRight = isRight && check.ValidatePiece(piece.Span);
                }

                return (isRight && check.IsComplete) == System.Text.Unicode.Utf8.IsValid(all);
            },
            iter: 20_000);
    }

    [Fact]
    public void A_buffer_gives_back_what_was_written_in_any_sizes()
    {
        Gen.Int[1, 100_000].Array[1, 12].Sample(
            sizes =>
            {
                using var buffer = new PooledBuffer(300);
                var expected = new List<byte>();
                foreach (var size in sizes)
                {
                    var span = buffer.GetSpan(size)[..size];
                    span.Fill((byte)size);
                    buffer.Advance(size);
                    expected.AddRange(span);
                }

                return buffer.Length == expected.Count && buffer.Capacity >= buffer.Length && buffer.Written.ToArray().AsSpan().SequenceEqual(expected.ToArray());
            },
            iter: 200);
    }

    // As .NET reads it, but for lone surrogates, on which it throws.
    private static string Decode(string escaped)
    {
        var text = new StringBuilder();
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
                continue;
            }

            i++;
            text.Append(escaped[i] == 'u' ? (char)Convert.ToUInt16(escaped.Substring(i + 1, 4), 16) : JsonSerializer.Deserialize<string>($"\"\\{escaped[i]}\"")![0]);
            i += escaped[i] == 'u' ? 4 : 0;
        }

        return Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(text.ToString()));
    }
}
