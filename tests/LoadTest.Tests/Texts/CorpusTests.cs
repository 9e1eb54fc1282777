using System.Text.Json;
using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.LoadTest.Texts;

namespace Reranker.LoadTest.Tests.Texts;

public sealed class CorpusTests
{
    private static readonly XlmRobertaTokenizer Tokenizer = XlmRobertaTokenizer.Load(
        ModelFolder.Open(Path.Combine(AppContext.BaseDirectory, "models", "mini")).TokenizerPath);

    private static Corpus Make(string lengths, int count, int seed)
        => Corpus.Create(new Random(seed), count, LengthDistribution.Parse(lengths)!, TextTokens.Of(Tokenizer));

    [Fact]
    public void Pairs_have_the_lengths_that_were_asked_for()
    {
        var query = TextTokens.Of(Tokenizer).Questions.Average();
        double Pair(string passage) => Tokenizer.Encode(passage).Ids.Length + query + PairLayout.SpecialTokens;

        Assert.InRange(Make("natural", 2000, 1).Passages.Average(Pair), 136, 148);
        var fixedLengths = Make("128", 300, 1).Passages.Select(Pair).ToArray();
        Assert.InRange(fixedLengths.Average(), 124, 132);
        Assert.All(fixedLengths, n => Assert.InRange(n, 112, 144));
    }

    [Fact]
    public void The_seed_decides_the_texts()
    {
        Assert.Equal(Make("natural", 20, 1).Passages, Make("natural", 20, 1).Passages);
        Assert.NotEqual(Make("natural", 20, 1).Passages, Make("natural", 20, 2).Passages);
    }

    [Fact]
    public void No_passage_comes_twice_in_a_request_and_its_json_says_the_same()
    {
        var bodies = RandomBodies.Create(new Random(1), 50, ["q"], Make("natural", 40, 1), new PassageRange(1, 40));
        Assert.All(bodies, b =>
        {
            Assert.Equal(b.Passages.Count, b.Passages.Distinct().Count());
            var json = JsonSerializer.Deserialize<JsonElement>(b.Json.Span);
            Assert.Equal(b.Passages, json.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!));
        });
        Assert.InRange(bodies.Min(b => b.Passages.Count), 1, 5);
        Assert.InRange(bodies.Max(b => b.Passages.Count), 36, 40);
    }
}
