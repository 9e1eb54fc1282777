using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Tests.Verification.Ranking;

public sealed class RankingRunTests
{
    [Fact]
    public async Task Every_pair_is_scored_once_within_the_limits_and_its_logit_goes_back_to_its_document()
    {
        // The logit is the passage's length, so document k of a query has rank (count - k).
        var queries = Enumerable.Range(1, 20).Select(n => new RankingQuery
        {
            Set = n % 2 == 0 ? "even" : "odd",
            Query = "qq",
            Documents = [.. Enumerable.Range(1, 7).Select(k => new string('x', (k * n % 7) + 1))],
            Relevant = [Enumerable.Range(1, 7).MaxBy(k => k * n % 7) - 1],
        }).Where(q => q.Documents.Distinct().Count() == 7).ToList();
        using var engine = new LengthEngine();

        var report = await new RankingEvaluation(new LetterTokenizer(), engine)
            .RunAsync(queries.ToAsyncEnumerable(), null, TestContext.Current.CancellationToken);

        Assert.Equal(1, report.Average);
        Assert.Equal(queries.Count, report.Sets.Values.Sum(s => s.Queries));
        Assert.Equal(queries.Count * 7, engine.Pairs);
        Assert.True(engine.LargestBatch is > 1 and <= 3);
        Assert.Equal(2, engine.LanesDisposed);
    }

    [Fact]
    public async Task The_best_chunk_of_a_long_document_counts()
    {
        RankingQuery[] queries = [new() { Set = "long", Query = "qq", Documents = [new string('x', 20), new string('x', 5), new string('x', 9)], Relevant = [0] }];
        using var engine = new LengthEngine();

        // Room for 8 tokens beside the query: the documents make 3, 1 and 2 pairs of 7, 5 and 5 tokens at most.
        var ranked = await new RankingEvaluation(new LetterTokenizer(), engine, new TruncationRule(14, MaxChunks: 5))
            .ScoreAsync(queries.ToAsyncEnumerable(), null, TestContext.Current.CancellationToken);

        Assert.Equal([13f, 11, 11], Assert.Single(ranked).Logits);
        Assert.Equal(6, engine.Pairs);
    }

    private sealed class LetterTokenizer : IPairTokenizer
    {
        public ValueTask<TokenizedRequest> TokenizeAsync(
            string query, IReadOnlyList<string> passages, TruncationRule rule, string tenant, CancellationToken cancellationToken) => new(new TokenizedRequest
            {
                QueryIds = [.. query.Select(c => (int)c)],
                PassageIds = [.. passages.Select(p => p.Select(c => (int)c).ToArray())],
            });
    }

    private sealed class LengthEngine : IInferenceEngine
    {
        private int _pairs;

        public int Pairs => _pairs;

        public int LargestBatch { get; private set; }

        public int LanesDisposed { get; private set; }

        public EngineDescription Description { get; } = new()
        {
            ModelName = "length",
            ModelIdentity = "length",
            Precision = "fp32",
            ExecutionProvider = "Scripted",
            Device = "none",
            RuntimeVersion = "none",
            MaxPairTokens = 64,
            VocabularySize = 1000,
            MaxBatchPairs = 3,
            MaxBatchTokens = 40,
            Lanes = 2,
        };

        public ICostModel Cost => throw new NotSupportedException();

        public IEngineLane CreateLane() => new Lane(this);

        public void Dispose()
        {
        }

        private sealed class Lane(LengthEngine engine) : IEngineLane
        {
            public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
            {
                var longest = 0;
                for (var i = 0; i < pairs.Length; i++)
                {
                    logits[i] = pairs[i].Length;
                    longest = Math.Max(longest, pairs[i].Length);
                }

                Assert.True(longest * pairs.Length <= engine.Description.MaxBatchTokens);
                Interlocked.Add(ref engine._pairs, pairs.Length);
                lock (engine)
                {
                    engine.LargestBatch = Math.Max(engine.LargestBatch, pairs.Length);
                }
            }

            public void Dispose() => engine.LanesDisposed++;
        }
    }
}
