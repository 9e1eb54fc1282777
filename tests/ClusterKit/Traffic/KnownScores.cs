using System.Globalization;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;

namespace Reranker.ClusterKit.Traffic;

/// <summary>Texts whose scores are known before anybody is asked: the scripted engine's score is a function of the pair's ids.</summary>
public sealed class KnownScores
{
    private const int Queries = 8;
    private const int Passages = 60;

    private readonly float[,] _logits = new float[Queries, Passages];

    /// <summary>Works out the score of every pair, with the tokenizer and the limit of a model folder.</summary>
    public static async Task<KnownScores> CreateAsync(string folder, CancellationToken cancellationToken)
    {
        var known = new KnownScores();
        var model = ModelFolder.Open(folder);
        using var pairs = new PairTokenizer(TextTokenizers.Load(model), new TokenizerOptions { Threads = 1 }, TimeProvider.System);
        var passages = Enumerable.Range(0, Passages).Select(Passage).ToArray();
        for (var query = 0; query < Queries; query++)
        {
            var request = await pairs.TokenizeAsync(Query(query), passages, new TruncationRule(model.Manifest.MaxPairTokens), cancellationToken);
            for (var passage = 0; passage < Passages; passage++)
            {
                var ids = new int[request.CountPairTokens(passage)];
                request.CopyPair(passage, ids);
                known._logits[query, passage] = ScriptedScore.ComputeScore(ids);
            }
        }

        return known;
    }

    /// <summary>A request: a query and passages drawn at random.</summary>
    public static (int Query, int[] Passages) Draw(Random random, int most)
        => (random.Next(Queries), [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => random.Next(Passages))]);

    public static string Query(int index) => string.Create(CultureInfo.InvariantCulture, $"question {index} about trains");

    public static string Passage(int index) => string.Create(CultureInfo.InvariantCulture, $"Train {index} leaves at {index % 24} from platform {index / 7}.");

    public float Logit(int query, int passage) => _logits[query, passage];
}
