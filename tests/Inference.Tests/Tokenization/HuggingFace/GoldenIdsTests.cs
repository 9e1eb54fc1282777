using System.Text;
using System.Text.Json;
using Reranker.Inference.Tokenization.HuggingFace;

namespace Reranker.Inference.Tests.Tokenization.HuggingFace;

/// <summary>
/// Ids that Hugging Face's own tokenizers gave. The file has small tokenizers of each kind, texts of many scripts, and the ids; a larger
/// one of the same form, for example with a real vocabulary, is named by the variable TOKENIZER_GOLDENS.
/// </summary>
public sealed class GoldenIdsTests
{
    private static readonly Lazy<JsonElement> Golden = new(() =>
    {
        using var content = Environment.GetEnvironmentVariable("TOKENIZER_GOLDENS") is { } path
            ? File.OpenRead(path)
            : typeof(GoldenIdsTests).Assembly.GetManifestResourceStream("tokenizers.golden.json")!;
        using var json = JsonDocument.Parse(content);
        return json.RootElement.Clone();
    });

    public static TheoryData<string> Names => [.. Golden.Value.GetProperty("tokenizers").EnumerateObject().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_ids_are_those_of_Hugging_Face_s_tokenizers(string name)
    {
        var tokenizer = TokenizerJson.Parse(Encoding.UTF8.GetBytes(Golden.Value.GetProperty("tokenizers").GetProperty(name).GetRawText()), name);
        var texts = Golden.Value.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!).ToList();
        var ids = Golden.Value.GetProperty("ids").GetProperty(name).EnumerateArray().Select(t => t.EnumerateArray().Select(i => i.GetInt32()).ToArray()).ToList();

        Assert.True(texts.Count >= 200);
        Assert.Equal(texts.Count, ids.Count);
        Assert.All(texts.Zip(ids), pair => Assert.True(
            pair.Second.AsSpan().SequenceEqual(tokenizer.Encode(pair.First).Ids),
            $"{string.Join(' ', pair.First.Select(c => $"{(int)c:X4}"))}: [{string.Join(", ", tokenizer.Encode(pair.First).Ids)}] instead of [{string.Join(", ", pair.Second)}]"));
    }
}
