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
    /// <param name="folder">The model.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="longTexts">What becomes of documents that are too long; null cuts them.</param>
    /// <param name="told">Told how many were cut.</param>
    /// <param name="cancellationToken">Ends the scoring.</param>
    public static async Task<(string Name, IReadOnlyList<RankedQuery> Ranked)> ScoreAsync(
        ModelFolder folder, EngineOptions options, IReadOnlyList<RankingQuery> queries, TruncationRule? longTexts, TextWriter told, CancellationToken cancellationToken)
    {
        using var loggers = ErrorLogs.Create();
        using var tokenizer = new PairTokenizer(TextTokenizers.Load(folder), new TokenizerOptions(), TimeProvider.System);
        using var engine = EngineFactory.CreateDefault(loggers).Load(folder, options with { CalibrationTime = TimeSpan.Zero });
        var name = $"{folder.Manifest.Name} {folder.Manifest.Precision}";
        var evaluation = new RankingEvaluation(tokenizer, engine, longTexts);
        var ranked = await Consoles.Error.Status().StartAsync(name, context => evaluation.ScoreAsync(
            queries.ToAsyncEnumerable(),
            new ImmediateProgress<int>(done => context.Status(Markup.Escape($"{name}: {done} of {queries.Count} queries"))),
            cancellationToken));
        TellCut(name, evaluation, queries, told);
        return (name, ranked);
    }

    /// <summary>Says how many documents were not read to their end, where any was not.</summary>
    public static void TellCut(string name, RankingEvaluation evaluation, IReadOnlyList<RankingQuery> queries, TextWriter told)
    {
        if (evaluation.CutDocuments > 0)
        {
            told.WriteLine(FormattableString.Invariant($"{name}: {evaluation.CutDocuments} of {queries.Sum(static q => q.Documents.Count)} documents were cut, they or their queries being too long"));
        }
    }
}
