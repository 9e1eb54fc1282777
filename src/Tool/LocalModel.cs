using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Workers;
using Reranker.Tool.Output;

namespace Reranker.Tool;

/// <summary>A model in this process without a cluster: tokenizer and worker, as a silo has them.</summary>
internal sealed class LocalModel : IAsyncDisposable
{
    // The person waits as long as it takes, so work goes to the queue in parts that are not refused for their length.
    private const int PairsAtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly ModelManifest _manifest;
    private readonly PairTokenizer _tokenizer;
    private readonly ScoringWorker _worker;

    private LocalModel(ModelManifest manifest, PairTokenizer tokenizer, ScoringWorker worker)
        => (_manifest, _tokenizer, _worker) = (manifest, tokenizer, worker);

    /// <summary>Loads and warms a model.</summary>
    /// <exception cref="ModelFolderException">The folder cannot be used.</exception>
    /// <exception cref="EngineUnavailableException">The engine that was named does not work here.</exception>
    public static LocalModel Load(string path, EngineOptions options)
    {
        var folder = ModelFolder.Open(path);
        var texts = XlmRobertaTokenizer.Load(folder.TokenizerPath);
        var engine = EngineFactory.CreateDefault(NullLoggerFactory.Instance).Load(folder, options);
        var worker = new ScoringWorker(
            0,
            [engine],
            new WorkerOptions { MaxQueueTime = TimeSpan.FromMinutes(10) },
            new WorkerGroup(),
            TimeProvider.System,
            NullLogger<ScoringWorker>.Instance);
        return new LocalModel(folder.Manifest, new PairTokenizer(texts, new TokenizerOptions(), TimeProvider.System), worker);
    }

    /// <summary>Scores all passages and returns them best first; equal scores keep the input's order.</summary>
    public async Task<IReadOnlyList<RankedPassage>> RankAsync(
        string query, IReadOnlyList<string> passages, CancellationToken cancellationToken)
    {
        var request = await _tokenizer.TokenizeAsync(
            query, passages, new TruncationRule(_manifest.MaxPairTokens), cancellationToken);
        var logits = await ScoreAsync(request, cancellationToken);
        return [.. passages
            .Select((text, i) => new RankedPassage(i, Sigmoid(logits[i]), logits[i], text, request.CutTokens?[i] > 0))
            .OrderByDescending(p => p.Logit)
            .ThenBy(p => p.Index)];
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _tokenizer.Dispose();
    }

    private async Task<float[]> ScoreAsync(TokenizedRequest request, CancellationToken cancellationToken)
    {
        // By length, so that the parts end together; two at a time, so that no lane waits for the next part.
        var order = Enumerable.Range(0, request.PassageIds.Length).OrderByDescending(request.PairTokens).ToArray();
        var logits = new float[order.Length];
        await Parallel.ForEachAsync(
            order.Chunk(PairsAtOnce),
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken },
            async (part, token) =>
            {
                var scores = await ScoreAsync(request, part, token);
                for (var i = 0; i < part.Length; i++)
                {
                    logits[part[i]] = scores[i];
                }
            });
        return logits;
    }

    private async Task<float[]> ScoreAsync(TokenizedRequest request, int[] part, CancellationToken cancellationToken)
    {
        var offsets = new int[part.Length + 1];
        for (var i = 0; i < part.Length; i++)
        {
            offsets[i + 1] = offsets[i] + request.PairTokens(part[i]);
        }

        var ids = new int[offsets[^1]];
        for (var i = 0; i < part.Length; i++)
        {
            request.CopyPair(part[i], ids.AsSpan(offsets[i], offsets[i + 1] - offsets[i]));
        }

        var result = await _worker.ScoreAsync(
            new ScoreWork
            {
                ModelIdentity = _manifest.Identity,
                Ids = ids,
                Offsets = offsets,
                Remaining = Patience,
                RequestId = Guid.NewGuid(),
            },
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return result.Outcome == WorkOutcome.Ok
            ? result.Logits
            : throw new EngineException(EngineFault.Batch, $"scoring ended as {result.Outcome}: {result.Error ?? "no reason was given"}");
    }

    private static double Sigmoid(float logit) => 1 / (1 + Math.Exp(-(double)logit));
}
