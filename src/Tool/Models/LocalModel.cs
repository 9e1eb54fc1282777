using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Scoring;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Inference.Workers;
using Reranker.Tool.Input;
using Reranker.Tool.Output;

namespace Reranker.Tool.Models;

/// <summary>A model in this process without a cluster: tokenizer and workers, as a silo has them.</summary>
internal sealed class LocalModel : IAsyncDisposable
{
    // The person waits as long as it takes, so work goes to the queues in parts that are not refused for their length.
    private const int PairsAtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly ModelManifest _manifest;
    private readonly PairTokenizer _tokenizer;
    private readonly ScoringWorker[] _workers;
    private int _next;

    private LocalModel(ModelManifest manifest, PairTokenizer tokenizer, ScoringWorker[] workers)
        => (_manifest, _tokenizer, _workers) = (manifest, tokenizer, workers);

    /// <summary>Loads and warms a model.</summary>
    /// <exception cref="ModelFolderException">The folder cannot be used.</exception>
    /// <exception cref="EngineUnavailableException">The engine that was named does not work here.</exception>
    public static LocalModel Load(ModelFolder folder, EngineOptions options)
    {
        var texts = TextTokenizers.Load(folder);
        var devices = new DeviceEngines(EngineFactory.CreateDefault(NullLoggerFactory.Instance)).LoadOnAllDevices([folder], options, CancellationToken.None);
        var group = new WorkerGroup();
        var workers = devices.Select((engines, ordinal) => new ScoringWorker(
            ordinal,
            engines,
            new WorkerOptions { MaxQueueTime = TimeSpan.FromMinutes(10) },
            group,
            TimeProvider.System,
            NullLogger<ScoringWorker>.Instance));
        return new LocalModel(folder.WithPrecision(devices[0][0].Description.Precision).Manifest, new PairTokenizer(texts, new TokenizerOptions(), TimeProvider.System), [.. workers]);
    }

    /// <summary>Scores all passages and returns them best first; equal scores keep the input's order.</summary>
    public async Task<IReadOnlyList<RankedPassage>> RankAsync(
        string query, IReadOnlyList<Passage> passages, CancellationToken cancellationToken)
    {
        var request = await _tokenizer.TokenizeAsync(
            query, [.. passages.Select(p => p.Text)], new TruncationRule(_manifest.MaxPairTokens), cancellationToken);
        var logits = await ScorePairsAsync(request, cancellationToken);
        return [.. passages
            .Select((p, i) => new RankedPassage(i, p.Line, Sigmoid(logits[i]), logits[i], p.Text, request.CutTokens?[i] > 0))
            .OrderByDescending(p => p.Logit)
            .ThenBy(p => p.Index)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _tokenizer.Dispose();
    }

    private async Task<float[]> ScorePairsAsync(TokenizedRequest request, CancellationToken cancellationToken)
    {
        // By length, so that the parts end together; two a worker at a time, so that no lane waits for the next part.
        var order = Enumerable.Range(0, request.PassageIds.Length).OrderByDescending(request.CountPairTokens).ToArray();
        var logits = new float[order.Length];
        await Parallel.ForEachAsync(
            order.Chunk(PairsAtOnce),
            new ParallelOptions { MaxDegreeOfParallelism = 2 * _workers.Length, CancellationToken = cancellationToken },
            async (part, token) =>
            {
                var scores = await ScorePartAsync(request, part, token);
                for (var i = 0; i < part.Length; i++)
                {
                    logits[part[i]] = scores[i];
                }
            });
        return logits;
    }

    private async Task<float[]> ScorePartAsync(TokenizedRequest request, int[] part, CancellationToken cancellationToken)
    {
        var offsets = new int[part.Length + 1];
        for (var i = 0; i < part.Length; i++)
        {
            offsets[i + 1] = offsets[i] + request.CountPairTokens(part[i]);
        }

        var ids = new int[offsets[^1]];
        for (var i = 0; i < part.Length; i++)
        {
            request.CopyPair(part[i], ids.AsSpan(offsets[i], offsets[i + 1] - offsets[i]));
        }

        // In turn: a worker that is done sooner helps the others out of their queues.
        var worker = _workers[(uint)Interlocked.Increment(ref _next) % _workers.Length];
        var result = await worker.ScoreAsync(
            new WorkItem
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
