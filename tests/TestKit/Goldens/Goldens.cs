using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Reranker.TestKit;

/// <summary>
/// Reference tokenizations and scores, and the SentencePiece models they were made with. "mini" is a vocabulary of 25,000
/// rows, "xlmr" the full one of XLM-RoBERTa.
/// </summary>
public static class Goldens
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Goldens");

    /// <summary>Path of the mini SentencePiece model.</summary>
    public static string MiniTokenizerPath { get; } = Path.Combine(Root, "mini", "sentencepiece.bpe.model");

    /// <summary>Opens XLM-RoBERTa's SentencePiece model, which is kept compressed.</summary>
    public static Stream OpenXlmrTokenizer()
        => new BrotliStream(File.OpenRead(Path.Combine(Root, "xlmr", "sentencepiece.bpe.model.br")), CompressionMode.Decompress);

    /// <summary>Texts and their ids without special tokens, by SentencePiece itself.</summary>
    /// <param name="vocabulary"><c>mini</c> or <c>xlmr</c>.</param>
    public static IReadOnlyList<GoldenText> Texts(string vocabulary)
        => Read(Path.Combine(vocabulary, "golden-tokens.json"), GoldenJson.Default.GoldenTexts).Texts;

    /// <summary>Pairs with their input ids and the mini model's FP32 logits.</summary>
    public static IReadOnlyList<GoldenPair> MiniPairs()
        => Read(Path.Combine("mini", "golden-pairs.json"), GoldenJson.Default.GoldenPairs).Pairs;

    private static T Read<T>(string file, JsonTypeInfo<T> type)
    {
        using var stream = File.OpenRead(Path.Combine(Root, file));
        return JsonSerializer.Deserialize(stream, type) ?? throw new InvalidDataException($"{file} is empty");
    }
}

/// <summary>A text and its ids.</summary>
/// <param name="Text">The text.</param>
/// <param name="Ids">Ids without special tokens.</param>
public sealed record GoldenText(string Text, int[] Ids);

/// <summary>A pair, how it was cut, its input ids and its score.</summary>
/// <param name="Query">The query.</param>
/// <param name="Passage">The passage.</param>
/// <param name="MaxLength">Most tokens of the pair, special tokens included.</param>
/// <param name="Truncation"><c>only_second</c> or <c>longest_first</c>.</param>
/// <param name="Ids">Input ids, special tokens included.</param>
/// <param name="Logit">The mini model's output in FP32.</param>
public sealed record GoldenPair(string Query, string Passage, int MaxLength, string Truncation, int[] Ids, float Logit);

internal sealed record GoldenTexts(GoldenText[] Texts);

internal sealed record GoldenPairs(GoldenPair[] Pairs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GoldenTexts))]
[JsonSerializable(typeof(GoldenPairs))]
internal sealed partial class GoldenJson : JsonSerializerContext;
