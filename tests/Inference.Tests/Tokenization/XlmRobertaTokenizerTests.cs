using CsCheck;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Tokenization;

public sealed class XlmRobertaTokenizerTests
{
    [Theory]
    [InlineData("mini", 194)]
    [InlineData("xlmr", 194)]
    public void Every_reference_text_has_the_ids_that_SentencePiece_gives(string vocabulary, int count)
    {
        var tokenizer = Vocabularies.Get(vocabulary);
        var texts = Goldens.Texts(vocabulary);
        Assert.Equal(count, texts.Count);
        Assert.All(texts, text => Assert.Equal(text.Ids, tokenizer.Encode(text.Text).Ids));
    }

    [Theory]
    [InlineData("mini", 25_000)]
    [InlineData("xlmr", 250_002)]
    public void The_vocabulary_has_two_rows_more_than_pieces(string vocabulary, int rows)
        => Assert.Equal(rows, Vocabularies.Get(vocabulary).VocabularySize);

    [Theory]
    [InlineData("mini")]
    [InlineData("xlmr")]
    public void Any_text_has_the_same_ids_every_time_and_all_are_in_the_vocabulary(string vocabulary)
    {
        var tokenizer = Vocabularies.Get(vocabulary);
        TextGen.Any.Sample(
            text =>
            {
                var first = tokenizer.Encode(text);
                Assert.Equal(first.Ids, tokenizer.Encode(text).Ids);
                Assert.All(first.Ids, id => Assert.InRange(id, PairLayout.UnknownId, tokenizer.VocabularySize - 2));
                Assert.Equal((0, true, text.Length), (first.CutTokens, first.IsExact, first.CharactersRead));
            },
            iter: 500, seed: "0000000000A1", threads: 1);
    }

    [Fact]
    public void Special_tokens_in_a_text_are_text()
        => Assert.DoesNotContain(
            Vocabularies.Mini.Encode("<s> a </s> <pad> <mask> <unk>").Ids, id => id is 0 or 1 or 2 || id == Vocabularies.Mini.VocabularySize - 1);

    [Theory]
    [InlineData("a\u0001b", "ab")]
    [InlineData("a\u009fb", "ab")]
    [InlineData("a\u200bb", "a b")]
    [InlineData("a\ufeffb", "a b")]
    [InlineData("a\u2581 \u2581b", "a b")]
    [InlineData("\u3000a\u00a0\t", "a")]
    [InlineData("a\ud800b", "a\ufffdb")]
    [InlineData("a\udc00b", "a\ufffdb")]
    [InlineData("e\u0301", "é")]
    [InlineData("x \u0001 y", "x y")]
    public void Texts_that_normalize_alike_have_the_same_ids(string text, string same)
        => Assert.Equal(Vocabularies.Mini.Encode(same).Ids, Vocabularies.Mini.Encode(text).Ids);

    [Fact]
    public void A_deleted_control_character_still_separates_what_stands_beside_it()
        => Assert.NotEqual(Vocabularies.Mini.Encode("e\u0301").Ids, Vocabularies.Mini.Encode("e\u0001\u0301").Ids);

    [Theory]
    [InlineData("\u13a0\u13a1\u13a2", 1)]
    [InlineData("\u13a0\u0001\u13a1", 1)]
    [InlineData("\u13a0 \u13a1", 2)]
    [InlineData("\u13a0a\u13a1", 2)]
    public void Only_adjacent_unknown_characters_are_one_token(string text, int unknown)
        => Assert.Equal(unknown, Vocabularies.Mini.Encode(text).Ids.Count(static id => id == PairLayout.UnknownId));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\n\t\u200b\u2581\u0001")]
    public void White_space_alone_has_no_tokens(string text) => Assert.Empty(Vocabularies.Mini.Encode(text).Ids);

    [Fact]
    public void A_cut_keeps_the_beginning_or_the_end_of_the_ids()
        => Gen.Select(TextGen.Any, Gen.Int[0, 80], Gen.Bool).Sample(
            (text, limit, keepEnd) =>
            {
                var all = Vocabularies.Mini.Encode(text).Ids;
                var cut = Vocabularies.Mini.Encode(text, limit, keepEnd);
                Assert.InRange(cut.Ids.Length, 0, limit);
                if (cut.IsExact)
                {
                    Assert.Equal(all.Length, cut.Tokens);
                    Assert.Equal(keepEnd ? all[^cut.Ids.Length..] : all[..cut.Ids.Length], cut.Ids);
                }
                else
                {
                    Assert.Equal(limit, cut.Ids.Length);
                    Assert.InRange(cut.CutTokens, 1, int.MaxValue);
                }
            },
            iter: 1000, seed: "0000000000A2", threads: 1);

    [Theory]
    [InlineData("mini")]
    [InlineData("xlmr")]
    public void A_text_cut_by_characters_keeps_the_ids_of_the_whole_text(string vocabulary)
    {
        var tokenizer = Vocabularies.Get(vocabulary);
        var slices = 0;
        Gen.Select(TextGen.Natural(100, 400), Gen.Int[1, 60], Gen.Bool).Sample(
            (text, limit, keepEnd) =>
            {
                var all = tokenizer.Encode(text).Ids;
                var cut = tokenizer.Encode(text, limit, keepEnd);
                Assert.Equal(keepEnd ? all[^cut.Ids.Length..] : all[..cut.Ids.Length], cut.Ids);
                // Inexact counts are estimates from the part that was read.
                Assert.InRange(cut.Tokens, all.Length / 3, all.Length * 3);
                slices += cut.IsExact ? 0 : 1;
            },
            iter: 300, seed: "0000000000A3", threads: 1);
        Assert.InRange(slices, 200, 300);
    }

    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dog. ")]
    [InlineData("中文没有空格的句子模型")]
    [InlineData("😀")]
    [InlineData("\u13a0")]
    [InlineData("=")]
    [InlineData(" ")]
    [InlineData("\u0001")]
    [InlineData("\ud800")]
    [InlineData("ﷺ")]
    public void A_million_characters_are_read_as_far_as_they_matter(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));
        foreach (var keepEnd in new[] { false, true })
        {
            var cut = Vocabularies.Mini.Encode(text, 508, keepEnd);
            Assert.InRange(cut.Ids.Length, 0, 508);
            Assert.True(cut.IsExact || (cut.Ids.Length == 508 && cut.CharactersRead < 20_000), $"read {cut.CharactersRead} characters");
        }
    }

    [Fact]
    public void What_follows_a_million_white_spaces_is_found()
    {
        var text = "first" + new string('\n', 1_000_000) + "last";
        Assert.Equal(Vocabularies.Mini.Encode("first last"), Vocabularies.Mini.Encode(text, 508) with { CharactersRead = 10 }, Comparer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(500_000)]
    [InlineData(660_000)]
    public void A_cut_model_file_is_refused_by_name(int bytes)
    {
        var content = File.ReadAllBytes(Goldens.MiniTokenizerPath)[..bytes];
        var error = Assert.Throws<ModelFolderException>(() => XlmRobertaTokenizer.Load(new MemoryStream(content), "some/tokenizer.model"));
        Assert.Equal("some/tokenizer.model", error.File);
    }

    [Fact]
    public void A_damaged_byte_is_refused_or_harmless()
        => Gen.Select(Gen.Int[0, 660_000], Gen.Byte).Sample(
            (position, value) =>
            {
                var content = File.ReadAllBytes(Goldens.MiniTokenizerPath);
                content[position] = value;
                try
                {
                    XlmRobertaTokenizer.Load(new MemoryStream(content), "damaged").Encode("ﬁ Ａ e\u0301 ordinary text ½");
                }
                catch (ModelFolderException)
                {
                }
            },
            iter: 20, seed: "0000000000A4", threads: 1);

    [Theory]
    [InlineData("{\"model\": {\"type\": \"Unigram\"}}")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5069051\n")]
    public void A_file_of_another_kind_is_refused(string content)
        => Assert.Throws<ModelFolderException>(() => XlmRobertaTokenizer.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)), "other"));

    [Fact]
    public void A_git_lfs_pointer_is_called_one()
        => Assert.Contains("Git LFS", Assert.Throws<ModelFolderException>(() => XlmRobertaTokenizer.Load(
            new MemoryStream("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5069051\n"u8.ToArray()), "pointer")).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_refused_by_name()
        => Assert.EndsWith("no-such.model", Assert.Throws<ModelFolderException>(() => XlmRobertaTokenizer.Load("no-such.model")).File);

    private static readonly IEqualityComparer<TokenizedText> Comparer = EqualityComparer<TokenizedText>.Create(
        static (a, b) => a.Ids.AsSpan().SequenceEqual(b.Ids) && a.CutTokens == b.CutTokens && a.IsExact == b.IsExact, static text => text.Ids.Length);
}
