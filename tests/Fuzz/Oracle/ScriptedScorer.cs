using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;

namespace Reranker.Fuzz.Oracle;

/// <summary>What the scripted engine's rule gives the ids of every pair, computed here: a right score needs the right pair, whole.</summary>
internal sealed class ScriptedScorer(ModelFolder model) : IPassageScorer, IDisposable
{
    private const int MaxPairs = 100_000;

    private readonly PairTokenizer _tokenizer = new(TextTokenizers.Load(model), new TokenizerOptions(), TimeProvider.System);

    public async ValueTask<ScoredPassages> ScoreAsync(ReferenceCall call, CancellationToken cancellationToken)
    {
        if (call.Queries is { } queries)
        {
            return await ScorePairsAsync(call, queries, cancellationToken);
        }

        var rule = new TruncationRule(
            Math.Min(call.MaxPairTokens ?? int.MaxValue, model.Manifest.MaxPairTokens),
            call.LongestFirst,
            call.KeepEnd,
            call.MayCut,
            call.MaxPassageTokens,
            call.MaxQueryTokens,
            call.MaxChunks,
            call.ChunkOverlap);
        try
        {
            var texts = await _tokenizer.TokenizeAsync(call.Query, call.Passages, rule, cancellationToken);
            return Score(texts, rule);
        }
        catch (PairTooLongException)
        {
            return new ScoredPassages(null);
        }
    }

    public void Dispose() => _tokenizer.Dispose();

    /// <summary>Scores the pairs of each query as a request of their own, as the gateway sends them: what is cut of a query depends on all its passages.</summary>
    private async ValueTask<ScoredPassages> ScorePairsAsync(ReferenceCall call, string[] queries, CancellationToken cancellationToken)
    {
        var (logits, tokens, truncated) = (new float[queries.Length], 0L, (int?)null);
        foreach (var group in Enumerable.Range(0, queries.Length).GroupBy(index => queries[index]))
        {
            int[] places = [.. group];
            var alone = call with { Query = group.Key, Queries = null, Passages = [.. places.Select(index => call.Passages[index])] };
            var scored = await ScoreAsync(alone, cancellationToken);
            if (scored.Logits is null)
            {
                return scored;
            }

            for (var i = 0; i < places.Length; i++)
            {
                logits[places[i]] = scored.Logits[i];
            }

            tokens += scored.Tokens ?? 0;
            truncated = scored.Truncated is null ? truncated : (truncated ?? 0) + scored.Truncated;
        }

        return new ScoredPassages(logits, tokens, truncated);
    }

    private static ScoredPassages Score(TokenizedRequest texts, TruncationRule rule)
    {
        var logits = new float[texts.PassageIds.Length];
        long tokens = 0;
        long pairs = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = float.NegativeInfinity;
            foreach (var pair in PairsOf(texts, rule, i))
            {
                logits[i] = Math.Max(logits[i], ScriptedScore.ComputeScore(pair));
                tokens += pair.Length;
                pairs++;
            }
        }

        var cut = texts.CutTokens?.Count(static cut => cut > 0) ?? 0;
        return pairs > MaxPairs
            ? new ScoredPassages(null)
            : new ScoredPassages(logits, tokens, cut > 0 || texts.QueryCutTokens > 0 ? cut : null);
    }

    private static IEnumerable<int[]> PairsOf(TokenizedRequest texts, TruncationRule rule, int index)
    {
        var alone = texts.SelectPassages([index]);
        var ids = alone.PassageIds[0];
        var room = rule.CountPassageRoom(texts.QueryIds.Length);
        var count = rule.MaxChunks == 1 ? 1 : PassageChunks.CountChunks(ids.Length, room, rule.ChunkOverlap);
        for (var chunk = 0; chunk < count; chunk++)
        {
            var (from, length) = count == 1 ? (0, ids.Length) : PassageChunks.FindRange(ids.Length, count, room, rule.ChunkOverlap, chunk);
            var request = count == 1 ? alone : alone with { PassageIds = [ids.AsSpan(from, length).ToArray()] };
            var pair = new int[request.CountPairTokens(0)];
            request.CopyPair(0, pair);
            yield return pair;
        }
    }
}
