using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Tokenization.HuggingFace;

/// <summary>
/// Unigram as <c>tokenizer.json</c> describes it, over the vocabulary of the bundled model and in the three forms that converters have
/// written. The variable UNIGRAM_GOLDENS names a file of more ids, which may be of XLM-RoBERTa's whole vocabulary.
/// </summary>
public sealed class UnigramTests
{
    private static readonly Lazy<JsonElement> Golden = new(() =>
    {
        using var content = Environment.GetEnvironmentVariable("UNIGRAM_GOLDENS") is { } path
            ? File.OpenRead(path)
            : typeof(UnigramTests).Assembly.GetManifestResourceStream("unigram.golden.json")!;
        using var json = JsonDocument.Parse(content);
        return json.RootElement.Clone();
    });

    private static readonly Lazy<SentencePieceFile> Mini = new(() => new SentencePieceFile(File.ReadAllBytes(Goldens.MiniTokenizerPath)));

    private static readonly Lazy<JsonObject> MiniJson = new(() => UnigramFiles.Create(Mini.Value.Pieces, Mini.Value.CharsMap, "joined"));

    private static readonly Lazy<FastTokenizer> MiniFast = new(() => Parse(MiniJson.Value));

    public static TheoryData<string> Forms => [.. UnigramFiles.Forms];

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_ids_are_those_of_Hugging_Face_s_tokenizers(string form)
    {
        var pieces = Golden.Value.GetProperty("vocabulary").GetString() == "mini" ? Mini.Value : ReadXlmr();
        var tokenizer = Parse(UnigramFiles.Create(pieces.Pieces, pieces.CharsMap, form));
        var texts = Golden.Value.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!).ToList();
        var ids = Golden.Value.GetProperty("ids").GetProperty(form).EnumerateArray().Select(t => t.EnumerateArray().Select(i => i.GetInt32()).ToArray()).ToList();

        Assert.True(texts.Count >= 500);
        Assert.Equal(texts.Count, ids.Count);
        Assert.All(texts.Zip(ids), pair => AssertSame(pair.Second, tokenizer.Encode(pair.First).Ids, pair.First));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void They_are_those_of_the_description_on_texts_of_20_scripts(string form)
    {
        var file = CreateSmall(form);
        var (tokenizer, reference) = (Parse(file), new UnigramReference(file));

        foreach (var text in ScriptTexts.List(5000 / UnigramFiles.Forms.Count, seed: 5).Concat(["", " ", "가\u1100\u1161", "か\u3099", "Ａ\u0301", "\u00A0\u0E33 a", "\uFFFD\u0301 a", "a\u200B b"]))
        {
            AssertSame(reference.Encode(text), tokenizer.Encode(text).Ids, text);
        }
    }

    [Theory]
    [InlineData("Decomposed Hangul, each in jamo", "\u1100\u1161\u1102\u1161", false)]
    [InlineData("A mark of its own behind kana", "か\u3099", false)]
    [InlineData("White space at the end", "rank ", false)]
    [InlineData("Text in NFC", "Größe, 가나 が 12 km²", true)]
    [InlineData("Marks behind a short letter", "e\u0301", true)]
    public void It_differs_from_SentencePiece_where_the_documents_say_so(string what, string text, bool isSame)
        => Assert.True(isSame == MiniFast.Value.Encode(text).Ids.AsSpan().SequenceEqual(Vocabularies.Mini.Encode(text).Ids), what);

    [Theory]
    [InlineData("<s> a </s>")]
    [InlineData("\uFF1Cs\uFF1E a \uFF1C/s\uFF1E")]
    [InlineData("<pad><mask>")]
    public void A_special_token_in_a_text_is_text_also_where_only_normalization_makes_one(string text)
        => Assert.DoesNotContain(MiniFast.Value.Encode(text).Ids, id => id is 0 or 1 or 2 || id == MiniFast.Value.VocabularySize - 1);

    [Fact]
    public void Tokens_that_are_kept_are_those_of_the_whole_text_from_either_end()
    {
        foreach (var text in ScriptTexts.List(150, seed: 6))
        {
            var whole = MiniFast.Value.Encode(text).Ids;
            for (var most = 0; most < whole.Length + 2; most += 5)
            {
                AssertSame(whole[..Math.Min(most, whole.Length)], MiniFast.Value.Encode(text, most).Ids, text);
                AssertSame(whole[^Math.Min(most, whole.Length)..], MiniFast.Value.Encode(text, most, keepEnd: true).Ids, text);
            }
        }
    }

    [Fact]
    public void Any_text_has_ids_of_the_vocabulary() => TextGen.Any.Sample(
        text => Assert.All(MiniFast.Value.Encode(text).Ids, id => Assert.InRange(id, PairLayout.UnknownId, MiniFast.Value.VocabularySize - 2)),
        iter: 300, seed: "0000000000A4", threads: 1);

    [Theory]
    [InlineData("model.byte_fallback", "true", "byte_fallback")]
    [InlineData("model.unk_id", "null", "unk_id")]
    [InlineData("model.unk_id", "900000", "unk_id")]
    [InlineData("model.vocab", """[["<s>", 0], ["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["a", -1], ["a", -1]]""", "'a' twice")]
    [InlineData("model.vocab", """[["<s>", 0], ["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["", -1]]""", "empty")]
    [InlineData("model.vocab", """[["<s>", 0], ["<pad>"]]""", "no valid tokenizer.json")]
    [InlineData("normalizer", "null", "no precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "AAAA"}""", "damaged")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "?"}""", "no valid tokenizer.json")]
    [InlineData("normalizer.normalizers.1.pattern", """{"Regex": "x"}""", "replaces")]
    [InlineData("pre_tokenizer.replacement", "\"_\"", "writes spaces as '_'")]
    [InlineData("pre_tokenizer.split", "false", "does not split")]
    [InlineData("pre_tokenizer.prepend_scheme", "\"sometimes\"", "sometimes")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "prepend_scheme": "never"}]}""", "every word")]
    [InlineData("pre_tokenizer", """{"type": "BertPreTokenizer"}""", "words are split for another")]
    [InlineData("added_tokens.4.special", "false", "'<mask>' with lstrip")]
    public void What_it_does_not_do_is_refused_by_its_name(string member, string value, string reason)
    {
        var file = CreateSmall("joined");
        var names = member.Split('.');
        JsonNode node = file;
        foreach (var name in names[..^1])
        {
            node = int.TryParse(name, out var place) ? node[place]! : node[name]!;
        }

        node[names[^1]] = JsonNode.Parse(value);

        Assert.Contains(reason, Assert.Throws<ModelFolderException>(() => Parse(file)).Message, StringComparison.Ordinal);
    }

    // Letters of the scripts' texts and some of their pairs, with scores that make ties rare.
    private static JsonObject CreateSmall(string form)
    {
        var random = new Random(7);
        var letters = ScriptTexts.List(100, seed: 5).SelectMany(t => t.Replace(' ', '\u2581').EnumerateRunes().Select(r => r.ToString())).Distinct().ToList();
        var pairs = Enumerable.Range(0, 1500).Select(_ => letters[random.Next(letters.Count)] + letters[random.Next(letters.Count)]).Concat(["\u2581a", "\u2581the", "an", "ti"]);
        return UnigramFiles.Create(
            [("<unk>", 0), ("<s>", 0), ("</s>", 0), ("\u2581", -3f), .. letters.Where(l => l != "\u2581" && random.Next(5) > 0).Concat(pairs).Distinct().Select(p => (p, -5 - (5 * random.NextSingle())))],
            Mini.Value.CharsMap, form);
    }

    private static SentencePieceFile ReadXlmr()
    {
        using var content = new MemoryStream();
        using (var model = Goldens.OpenXlmrTokenizer())
        {
            model.CopyTo(content);
        }

        return new SentencePieceFile(content.ToArray());
    }

    private static FastTokenizer Parse(JsonObject file) => TokenizerJson.Parse(Encoding.UTF8.GetBytes(file.ToJsonString()), "tokenizer.json");

    private static void AssertSame(int[] expected, int[] found, string text) => Assert.True(
        expected.AsSpan().SequenceEqual(found),
        $"{string.Join(' ', text.Select(c => $"{(int)c:X4}"))}: [{string.Join(", ", found)}] instead of [{string.Join(", ", expected)}]");
}
