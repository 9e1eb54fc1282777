using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.Verification.Ranking;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Commands;

/// <summary>Has a model score labelled queries, with a line that says how far it is.</summary>
internal static class QueryScores
{
    /// <summary>The model's name with its precision, and what it gave every query.</summary>
    public static async Task<(string Name, IReadOnlyList<RankedQuery> Ranked)> ScoreAsync(
        ModelFolder folder, EngineOptions options, IReadOnlyList<RankingQuery> queries, TruncationRule? longTexts, CancellationToken cancellationToken)
    {
        using var loggers = ErrorLogs.Create();
        using var tokenizer = new PairTokenizer(TextTokenizers.Load(folder), new TokenizerOptions(), TimeProvider.System);
        using var engine = EngineFactory.CreateDefault(loggers).Load(folder, options with { CalibrationTime = TimeSpan.Zero });
        var name = $"{folder.Manifest.Name} {folder.Manifest.Precision}";
        var ranked = await Consoles.Error.Status().StartAsync(name, context => new RankingEvaluation(tokenizer, engine, longTexts).ScoreAsync(
            queries.ToAsyncEnumerable(),
            new ImmediateProgress<int>(done => context.Status(Markup.Escape($"{name}: {done} of {queries.Count} queries"))),
            cancellationToken));
        return (name, ranked);
    }
}
