using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>
/// What is known of one request's scores before all are, for a caller who asks for it. Each passage is told once for an identity of
/// the model. Nothing is kept for a caller who is slow to ask but the scores themselves. Thread-safe.
/// </summary>
internal sealed class RequestParts
{
    private static readonly RerankParts NotUnderWay = new() { IsUnderWay = false };

    private readonly Lock _lock = new();
    private TaskCompletionSource _news = CreateNews();
    private RunScores? _run;
    private string? _identity;
    private string? _toldIdentity;
    private bool[] _told = [];
    private bool _isOver;

    /// <summary>Takes in that a run of the request knows its pairs.</summary>
    /// <returns>Takes in the run's scores, until another run is begun.</returns>
    public RunScores BeginRun(string model, string identity, RequestPairs pairs)
    {
        lock (_lock)
        {
            if (_identity != identity)
            {
                _identity = identity;
                _told = new bool[pairs.PassageCount];
            }

            _run = new RunScores(this, model, identity, pairs);
            if (_toldIdentity is not null && _toldIdentity != identity)
            {
                SignalNews();
            }

            return _run;
        }
    }

    /// <summary>Takes in that the identity of the run has vanished: nothing more of it is told.</summary>
    public void DropRun()
    {
        lock (_lock)
        {
            _run = null;
        }
    }

    /// <summary>Takes in that the request has ended: whoever waits for more of it waits no longer.</summary>
    public void EndRequest()
    {
        lock (_lock)
        {
            _isOver = true;
            _run = null;
            SignalNews();
        }
    }

    /// <summary>Waits until there is something that was not told, and tells it; or until the request has ended.</summary>
    public async Task<RerankParts> AwaitNewsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task news;
            lock (_lock)
            {
                if (_isOver)
                {
                    return NotUnderWay;
                }

                if (_run is { } run && TakeNews(run) is { } parts)
                {
                    return parts;
                }

                news = _news.Task;
            }

            await news.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource CreateNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RerankParts? TakeNews(RunScores run)
    {
        var passages = run.TakeComplete(_told);
        if (passages.Length == 0 && (_toldIdentity is null || _toldIdentity == run.Identity))
        {
            return null;
        }

        _toldIdentity = run.Identity;
        return run.CreateParts(passages);
    }

    private void SignalNews()
    {
        var news = _news;
        _news = CreateNews();
        news.TrySetResult();
    }

    /// <summary>The scores of one run of the request, which is pinned to one identity.</summary>
    internal sealed class RunScores(RequestParts owner, string model, string identity, RequestPairs pairs)
    {
        private readonly float[] _logits = new float[pairs.Pairs.PassageIds.Length];
        private readonly bool[] _known = new bool[pairs.Pairs.PassageIds.Length];
        private int _left = pairs.Pairs.PassageIds.Length;
        private bool _hasNews;

        /// <summary>What the run is pinned to.</summary>
        public string Identity => identity;

        /// <summary>Takes in logits of pairs. The last of them are no news: the reply follows at once, and has them.</summary>
        public void AddLogits(ReadOnlySpan<int> indexes, ReadOnlySpan<float> logits)
        {
            lock (owner._lock)
            {
                for (var i = 0; i < indexes.Length; i++)
                {
                    _logits[indexes[i]] = logits[i];
                    _left -= _known[indexes[i]] ? 0 : 1;
                    _known[indexes[i]] = true;
                }

                _hasNews = _left > 0 && (_hasNews || indexes.Length > 0);
                if (_hasNews && owner._run == this)
                {
                    owner.SignalNews();
                }
            }
        }

        /// <summary>The passages that have a score and were not told, which they are from here on.</summary>
        public int[] TakeComplete(bool[] told)
        {
            if (!_hasNews)
            {
                return [];
            }

            _hasNews = false;
            var complete = new List<int>();
            for (var i = 0; i < told.Length; i++)
            {
                if (!told[i] && pairs.IsComplete(i, _known))
                {
                    told[i] = true;
                    complete.Add(i);
                }
            }

            return [.. complete];
        }

        /// <summary>The message that tells some passages.</summary>
        public RerankParts CreateParts(int[] passages) => new()
        {
            IsUnderWay = true,
            Model = model,
            ModelIdentity = identity,
            Passages = passages,
            Logits = Array.ConvertAll(passages, passage => pairs.FindBestLogit(passage, _logits)),
            PairTokens = Array.ConvertAll(passages, pairs.CountPairTokens),
            CutTokens = pairs.HasCuts ? Array.ConvertAll(passages, pairs.GetCutTokens) : null,
            Chunks = pairs.HasChunks ? Array.ConvertAll(passages, pairs.CountChunks) : null,
        };
    }
}
