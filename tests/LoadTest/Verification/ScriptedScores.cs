using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.LoadTest.Requests;

namespace Reranker.LoadTest.Verification;

/// <summary>
/// Expects of every pair what the scripted engine's rule gives its ids, computed here: a right score then needs the right
/// pair, whole, whatever was killed while it was scored.
/// </summary>
internal static class ScriptedScores
{
    /// <summary>Writes what the requests must answer.</summary>
    /// <param name="bodies">The requests.</param>
    /// <param name="model">The folder of the model that the script stands for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task ExpectAsync(IReadOnlyList<LoadBody> bodies, ModelFolder model, CancellationToken cancellationToken)
    {
        using var tokenizer = new PairTokenizer(TextTokenizers.Load(model), new TokenizerOptions(), TimeProvider.System);
        var rule = new TruncationRule(model.Manifest.MaxPairTokens);
        foreach (var body in bodies)
        {
            var request = await tokenizer.TokenizeAsync(body.Query, body.Passages, rule, cancellationToken);
            body.Expected = [.. Enumerable.Range(0, body.Passages.Count).Select(i => Score(request, i))];
        }
    }

    private static float Score(TokenizedRequest request, int pair)
    {
        var ids = new int[request.CountPairTokens(pair)];
        request.CopyPair(pair, ids);
        return ScriptedScore.ComputeScore(ids);
    }
}
