using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Tests.Json;

/// <summary>Fields are found many bytes at a time; what is found, and what is wrong with a body, must be as the library has it.</summary>
public sealed class BodyIndexTests
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", " ", "\n", "\"", "\\", "\"a\"", "\"a\":", "\"\\u0062\":", "\"ü\\n\"", "\"\\ud83d\\ude00 \\\\ \\\" text\"", "\"\\x\"", "\"\\u12g4\"", "\"\u0001\"",
        "1", "-1.5e3", "01", "true", "nul", "null", "[\"x\",\"y\"]", "[ \"x\" , \"\\t\" ]", "[\"x\",]", "[]", "{}", "{\"a\":[1,{\"b\":null}]}", "[\"x\",{\"text\":\"y\"}]",
    ];

    private static readonly Gen<string> Values = Pick([.. Tokens.Where(IsJson)]);
    private static readonly Gen<string> Members = Gen.Select(Pick("\"a\"", " \"b\"\n", "\"\\u0061\"", "\"\""), Values, static (name, value) => $"{name}: {value} ");
    private static readonly Gen<string> Right = Members.Array[0, 5].Select(static members => $" {{{string.Join(',', members)}}}\r\n");
    private static readonly Gen<string> Noise = Pick(Tokens).Array[0, 12].Select(string.Concat);

    private static readonly Gen<string> Broken = Gen.Select(
        Right, Gen.Int[0, 200], Gen.Int[0, 3], Pick(Tokens), static (body, at, cut, token) => $"{body[..(at % body.Length)]}{token}{body[Math.Min(body.Length, (at % body.Length) + cut)..]}");

    [Fact]
    public void Fields_and_errors_are_those_of_the_library() => Gen.Select(Gen.OneOf(Right, Broken, Noise), Gen.Int[1, 9]).Sample(
        static (body, size) =>
        {
            var pieces = Pieces.Cut(Encoding.UTF8.GetBytes(body), size);
            return DescribeByLibrary(pieces) == Describe(pieces);
        },
        iter: 20_000);

    [Fact]
    public void Depth_is_limited_as_by_the_library()
    {
        foreach (var depth in (int[])[62, 63, 64])
        {
            var pieces = Pieces.Cut(Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', depth)}{new string(']', depth)}}}"), 1000);

            Assert.Equal(DescribeByLibrary(pieces), Describe(pieces));
        }
    }

    private static Gen<string> Pick(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool IsJson(string token)
    {
        try
        {
            using var document = JsonDocument.Parse(token);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Describe(ReadOnlySequence<byte> body)
    {
        try
        {
            var fields = JsonFields.Parse(body);
            return string.Join('\n', ((string[])["a", "b", ""]).Select(name => fields.TryOpenField(name, out var reader) ? JsonElement.ParseValue(ref reader).GetRawText() : "-"));
        }
        catch (RequestFormatException exception)
        {
            return exception.Error.Message;
        }
    }

    private static string DescribeByLibrary(ReadOnlySequence<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return "The body must be a JSON object.";
            }

            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            return $"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).";
        }

        using var document = JsonDocument.Parse(body);
        return string.Join('\n', ((string[])["a", "b", ""]).Select(name =>
            document.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : "-"));
    }
}
