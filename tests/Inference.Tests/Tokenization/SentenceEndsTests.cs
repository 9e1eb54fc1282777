using System.Text;
using System.Text.Json.Nodes;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Tokenization;

/// <summary>Every tokenizer tells where sentences end, and its ids are those that it gives without.</summary>
public sealed class SentenceEndsTests
{
    private const string Mixed = "One ends here. Two begins! これは文です。次の文です。 तीसरा वाक्य है। चौथा? هل هذا سؤال؟ نعم";

    private static readonly Lazy<SentencePieceFile> Mini = new(() => new SentencePieceFile(File.ReadAllBytes(Goldens.MiniTokenizerPath)));

    private static readonly string[] Kinds = ["sentencepiece", "wordpiece", "bytes", .. UnigramFiles.Forms];

    private static readonly string[] Joints = [". ", "! ", "? ", "。", "？", "! \n", ".\n\n", "।", "؟ ", ".) ", "。」", "...", "!'s ", "。's", ".\u000B", "!\u0085", "。\u0085"];

    public static TheoryData<string> Tokenizers => [.. Kinds];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Ids_are_the_same_from_either_end_whatever_is_cut(string kind)
    {
        var (tokenizer, random) = (Create(kind), new Random(5));
        foreach (var text in ScriptTexts.List(400, seed: 6).Chunk(4).Select(parts => string.Concat(parts.Select(p => p + Joints[random.Next(Joints.Length)]))))
        {
            var whole = tokenizer.Encode(text);
            var marked = tokenizer.EncodeSentences(text);
            Assert.True(whole.Ids.AsSpan().SequenceEqual(marked.Ids), text);
            Assert.Equal((whole.CutTokens, whole.IsExact, whole.CharactersRead), (marked.CutTokens, marked.IsExact, marked.CharactersRead));
            CheckEnds(marked);
            foreach (var keepEnd in new[] { false, true })
            {
                var most = random.Next(whole.Ids.Length + 2);
                var (cut, cutMarked) = (tokenizer.Encode(text, most, keepEnd), tokenizer.EncodeSentences(text, most, keepEnd));
                Assert.True(cut.Ids.AsSpan().SequenceEqual(cutMarked.Ids), text);
                Assert.Equal(cut.CutTokens > 0, cutMarked.CutTokens > 0);
                CheckEnds(cutMarked);
                var dropped = keepEnd ? whole.Ids.Length - cut.Ids.Length : 0;

                // Of "。」" the cut may leave the quotation mark, which tells nothing by itself: an end behind the first token may be unknown.
                var first = dropped > 0 ? 2 : 1;
                Assert.Equal(
                    marked.SentenceEnds!.Select(end => end - dropped).Where(end => end >= first && end < cut.Ids.Length),
                    cutMarked.SentenceEnds!.Where(end => end >= first));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Sentences_of_all_scripts_are_found(string kind)
    {
        var tokenizer = Create(kind);

        Assert.Equal(7, tokenizer.EncodeSentences(Mixed).SentenceEnds!.Length);

        // Where white space parts them, the tokens before the end are those of the text before it.
        Assert.Contains(tokenizer.Encode(Mixed.AsSpan(0, Mixed.IndexOf(" Two", StringComparison.Ordinal))).Ids.Length, tokenizer.EncodeSentences(Mixed).SentenceEnds!);
    }

    [Fact]
    public async Task A_request_cuts_its_marks_with_its_passages()
    {
        using var pairs = Vocabularies.Pairs();
        var text = string.Concat(Enumerable.Range(0, 60).Select(static i => $"Sentence number {i} of this text ends here. "));
        foreach (var keepEnd in new[] { false, true })
        {
            var rule = new TruncationRule(64, KeepEnd: keepEnd, MaxChunks: 4, ChunkOverlap: 8, AtSentences: true);

            var request = await pairs.TokenizeAsync("what", [text, "short"], rule, TestContext.Current.CancellationToken);

            var ranges = SentenceChunks.FindRanges(request.PassageIds[0].Length, request.QueryIds.Length, rule, request.SentenceEnds![0]);
            Assert.Equal(rule.CountPassageCapacity(request.QueryIds.Length), request.PassageIds[0].Length);
            Assert.Equal(4, ranges.Count);
            Assert.Empty(request.SentenceEnds[1]!);
        }
    }

    private static void CheckEnds(TokenizedText text)
    {
        Assert.Equal(text.SentenceEnds!.Distinct().Order(), text.SentenceEnds!);
        Assert.All(text.SentenceEnds!, end => Assert.InRange(end, 1, text.Ids.Length - 1));
    }

    private static ITextTokenizer Create(string kind)
    {
        string[] corpus = ["One ends here. Two begins!", "これは文です。次の文です。", "हाँ।", "نعم؟"];
        var (vocabulary, merges) = TinyVocabularies.LearnBytePairs(corpus, 120);
        return kind switch
        {
            "sentencepiece" => Vocabularies.Mini,
            "wordpiece" => Parse(TinyVocabularies.CreateBert(TinyVocabularies.ListWordPieces(1000))),
            "bytes" => Parse(TinyVocabularies.CreateRoberta(vocabulary, merges)),
            var form => Parse(UnigramFiles.Create(Mini.Value.Pieces, Mini.Value.CharsMap, form)),
        };
    }

    private static FastTokenizer Parse(JsonNode json) => TokenizerJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "tokenizer.json");
}
