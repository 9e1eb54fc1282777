using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Tokenization.HuggingFace;

public sealed class FastTokenizerTests
{
    private static readonly string[] Corpus = ["the rain in the plain stays", "how to rank a train", "they'll rank 42 trains", "große Züge", "мир и труд", "日本 の 列車"];

    private static readonly IReadOnlyList<string> Pieces = TinyVocabularies.ListWordPieces(1000);

    private static readonly (Dictionary<string, int> Vocabulary, List<(string Left, string Right)> Merges) Learned = TinyVocabularies.LearnBytePairs(Corpus, 120);

    private static readonly FastTokenizer Bert = Parse(TinyVocabularies.CreateBert(Pieces));

    private static readonly FastTokenizer Roberta = Parse(TinyVocabularies.CreateRoberta(Learned.Vocabulary, Learned.Merges));

    [Fact]
    public void WordPiece_gives_the_ids_of_the_description_on_5000_texts_of_20_scripts()
    {
        var reference = new WordPieceReference(Pieces);

        foreach (var text in ScriptTexts.List(5000, seed: 1))
        {
            AssertSame(reference.Encode(text), Bert.Encode(text).Ids, text);
        }
    }

    [Fact]
    public void WordPiece_of_a_cased_model_keeps_capitals_and_accents()
    {
        var cased = Parse(TinyVocabularies.CreateBert(Pieces, lowers: false));
        var reference = new WordPieceReference(Pieces, lowers: false);

        foreach (var text in ScriptTexts.List(500, seed: 2))
        {
            AssertSame(reference.Encode(text), cased.Encode(text).Ids, text);
        }
    }

    [Fact]
    public void Byte_pairs_give_the_ids_of_the_description_on_5000_texts_of_20_scripts()
    {
        var reference = new BytePairReference(Learned.Vocabulary, Learned.Merges);

        foreach (var text in ScriptTexts.List(5000, seed: 3).Concat(Corpus))
        {
            AssertSame(reference.Encode(text), Roberta.Encode(text).Ids, text);
        }
    }

    [Theory]
    [InlineData("Héllo, WORLD!", "hello , world !")]
    [InlineData("a\u0301b\u200Bc", "abc")]
    [InlineData("x\u000By z", "xy z")]
    [InlineData("一二a", "一 二 a")]
    [InlineData("ΑΒΓ", "αβγ")]
    [InlineData("[SEP]", "[ sep ]")]
    [InlineData("a\u1734b", "ab")]
    public void BERT_reads_a_text_as_another(string text, string same) => Assert.Equal(Bert.Encode(same).Ids, Bert.Encode(text).Ids);

    [Theory]
    [InlineData("a\u0EBAb")]
    [InlineData("a\u1ABFb")]
    [InlineData("a\u0890b")]
    public void A_mark_that_is_younger_than_Hugging_Face_s_table_of_them_stays(string text) => Assert.Equal([Bert.UnknownId!.Value], Bert.Encode(text).Ids);

    [Fact]
    public void A_special_token_in_a_text_is_text()
    {
        Assert.DoesNotContain(TinyVocabularies.Separator, Bert.Encode("[SEP] a [CLS]").Ids);
        Assert.DoesNotContain(2, Roberta.Encode("</s> a").Ids);
    }

    [Fact]
    public void A_word_of_more_than_100_characters_is_one_unknown_token()
    {
        Assert.Equal(100, Bert.Encode(new string('a', 100)).Ids.Count(id => id != Bert.UnknownId));
        Assert.Equal([Bert.UnknownId!.Value], Bert.Encode(new string('a', 101)).Ids);
    }

    [Fact]
    public void Tokens_that_are_kept_are_those_of_the_whole_text_from_either_end()
    {
        foreach (var tokenizer in new[] { Bert, Roberta })
        {
            foreach (var text in ScriptTexts.List(300, seed: 4))
            {
                var whole = tokenizer.Encode(text).Ids;
                for (var most = 0; most < whole.Length + 2; most += 3)
                {
                    var (start, end) = (tokenizer.Encode(text, most), tokenizer.Encode(text, most, keepEnd: true));
                    AssertSame(whole[..Math.Min(most, whole.Length)], start.Ids, text);
                    AssertSame(whole[^Math.Min(most, whole.Length)..], end.Ids, text);
                    Assert.True(start.CutTokens > 0 == most < whole.Length, text);
                    Assert.True(end.CutTokens > 0 == most < whole.Length, text);
                }
            }
        }
    }

    [Fact]
    public void A_long_text_is_read_only_as_far_as_it_is_kept()
    {
        var text = string.Concat(Enumerable.Repeat("they rank trains ", 10_000));

        var cut = Roberta.Encode(text, 50);

        Assert.False(cut.IsExact);
        Assert.InRange(cut.CharactersRead, 50, 500);
        Assert.InRange(cut.Tokens, Roberta.Encode(text).Tokens / 2, Roberta.Encode(text).Tokens * 2);
    }

    [Fact]
    public void A_word_of_many_bytes_merges_as_a_short_one()
    {
        var word = string.Concat(Enumerable.Repeat("train", 20_000));

        AssertSame([.. Enumerable.Repeat(Roberta.Encode("traintrain").Ids.Length / 2, 1)], [Roberta.Encode(word).Ids.Length / 20_000], "");
    }

    [Fact]
    public void Added_tokens_are_found_leftmost_and_longest()
    {
        var json = TinyVocabularies.CreateRoberta(Learned.Vocabulary, Learned.Merges);
        var next = Learned.Vocabulary.Values.Max() + 1;
        foreach (var (content, i) in new[] { "  ", "   ", "|||X|||" }.Select((c, i) => (c, i)))
        {
            json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = next + i, ["content"] = content, ["normalized"] = true, ["special"] = false });
        }

        var tokenizer = Parse(json);

        Assert.Equal([.. tokenizer.Encode("a").Ids, next + 1, .. tokenizer.Encode("b").Ids, next + 2, next], tokenizer.Encode("a   b|||X|||  ").Ids);
        Assert.Equal(next + 3, tokenizer.VocabularySize);
    }

    [Fact]
    public void Composing_and_decomposing_are_the_standard_s()
    {
        Assert.Equal("\u00C5", Compose("A\u030A"));
        Assert.Equal("\u1E69", Compose("s\u0307\u0323"));
        Assert.Equal("\uAC01", Compose("\u1100\u1161\u11A8"));
        Assert.Equal("\u0958".Length + 1, Compose("\u0958").Length);
        Assert.Equal("a\u0315\u0300b", Compose("a\u0315\u0300b").Replace("\u00E0\u0315", "a\u0315\u0300", StringComparison.Ordinal));

        static string Compose(string text)
        {
            var points = text.EnumerateRunes().Select(r => r.Value).ToList();
            CanonicalForms.Compose(points);
            return string.Concat(points.Select(char.ConvertFromUtf32));
        }
    }

    [Fact]
    public void The_template_comes_from_the_post_processor()
    {
        Assert.Equal([2, 3, 3], Bert.Template.ListIds());
        Assert.True(Bert.HasTwoSegments);
        Assert.Equal([0, 2, 2, 2], Roberta.Template.ListIds());
        Assert.False(Roberta.HasTwoSegments);
    }

    [Theory]
    [InlineData("normalizer", """{"type": "Prepend", "prepend": "x"}""", "Prepend")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace"}""", "Metaspace")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "ByteLevel"}]}""", "Digits, ByteLevel")]
    [InlineData("post_processor", """{"type": "Unheard"}""", "Unheard")]
    [InlineData("post_processor", """{"type": "RobertaProcessing", "cls": [], "sep": []}""", "no valid tokenizer.json")]
    [InlineData("model", """{"type": "WordLevel", "vocab": {}}""", "WordLevel")]
    [InlineData("added_tokens", """[{"id": -1, "content": "<far>"}]""", "gives the added token '<far>' the id -1, which is below 0")]
    [InlineData("added_tokens", """[{"id": 0, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}, {"id": 7, "content": "<far>"}]""", "'<far>' the id 7, which is another token's")]
    public void What_this_tokenizer_does_not_do_is_refused_by_name(string member, string value, string name)
    {
        var json = TinyVocabularies.CreateRoberta(Learned.Vocabulary, Learned.Merges);
        json[member] = JsonNode.Parse(value);

        Assert.Contains(name, Assert.Throws<ModelFolderException>(() => Parse(json)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("byte_fallback", "true")]
    [InlineData("ignore_merges", "true")]
    [InlineData("dropout", "0.1")]
    [InlineData("end_of_word_suffix", "\"</w>\"")]
    public void A_setting_of_the_model_that_would_change_ids_is_refused_by_name(string member, string value)
    {
        var json = TinyVocabularies.CreateRoberta(Learned.Vocabulary, Learned.Merges);
        json["model"]![member] = JsonNode.Parse(value);

        Assert.Contains(member, Assert.Throws<ModelFolderException>(() => Parse(json)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_refused_and_never_break_the_reader() => Gen.Int[0, 60_000].Array[1, 4].Sample(
        places =>
        {
            var content = Encoding.UTF8.GetBytes(TinyVocabularies.CreateBert(Pieces).ToJsonString());
            Array.ForEach(places, p => content[p % content.Length] ^= 5);
            try
            {
                TokenizerJson.Parse(content, "damaged").Encode("the rain");
            }
            catch (ModelFolderException e)
            {
                Assert.Equal("damaged", e.File);
            }
        }, seed: "0001m4vAXYm3", iter: 200, threads: 1);

    [Fact]
    public async Task A_pair_is_put_together_and_cut_as_the_template_says()
    {
        using var pairs = new PairTokenizer(Bert, new TokenizerOptions { Threads = 1 }, TimeProvider.System);

        var request = await pairs.TokenizeAsync("abc", ["de fg", "a b c d e f g h"], new TruncationRule(MaxPairTokens: 10), "", TestContext.Current.CancellationToken);

        Assert.Equal(10, request.CountPairTokens(1));
        var pair = new int[request.CountPairTokens(0)];
        request.CopyPair(0, pair);
        Assert.Equal([2, .. Bert.Encode("abc").Ids, 3, .. Bert.Encode("de fg").Ids, 3], pair);
    }

    private static FastTokenizer Parse(JsonNode json) => TokenizerJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "tokenizer.json");

    private static void AssertSame(int[] expected, int[] ids, string text)
        => Assert.True(expected.AsSpan().SequenceEqual(ids), $"'{text}' ({string.Join(' ', text.Select(c => $"{(int)c:X4}"))}): [{string.Join(", ", ids)}] instead of [{string.Join(", ", expected)}]");
}
