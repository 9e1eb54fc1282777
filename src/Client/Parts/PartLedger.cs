using System.Threading.Channels;
using Reranker.Requests;

namespace Reranker.Client.Parts;

/// <summary>
/// What one request has told of its scores. Several attempts may know the same scores, and of different identities; the caller is told
/// each passage once, and all of one identity until it is told otherwise. What the caller has not taken waits here, which is never more
/// than the scores of one identity. Thread-safe.
/// </summary>
/// <param name="passages">Passages of the request.</param>
internal sealed class PartLedger(int passages)
{
    private readonly Lock _lock = new();
    private readonly Channel<RerankPart> _parts = Channel.CreateUnbounded<RerankPart>();
    private readonly PassageScore[] _scores = new PassageScore[passages];
    private readonly bool[] _isTold = new bool[passages];
    private string? _identity;
    private int _generation;
    private int _leader;
    private bool _isOver;

    /// <summary>The parts as they come, to the last one.</summary>
    public IAsyncEnumerable<RerankPart> ReadPartsAsync(CancellationToken cancellationToken) => _parts.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Takes in what a silo told of an attempt.</summary>
    /// <param name="attempt">Number of the attempt. Where two are scored by different identities, the later one's counts.</param>
    /// <param name="told">What it told; checked by <see cref="PartCheck"/>.</param>
    /// <param name="map">What makes scores of its logits, as in the response of the request; null for the sigmoid.</param>
    public void AddParts(int attempt, RerankParts told, ScoreMap? map)
    {
        lock (_lock)
        {
            if (_isOver || (_identity is not null && _identity != told.ModelIdentity && attempt < _leader))
            {
                return;
            }

            _leader = Math.Max(_leader, attempt);
            var isNew = BeginIdentity(told.ModelIdentity!);
            var scores = new List<PassageScore>(told.Passages.Length);
            for (var i = 0; i < told.Passages.Length; i++)
            {
                AddUntold(
                    scores,
                    new PassageScore(told.Passages[i], told.Logits[i], told.PairTokens[i], told.CutTokens?[i] ?? 0)
                    {
                        Chunks = told.Chunks?[i] ?? 1,
                        Map = map,
                    });
            }

            if (isNew || scores.Count > 0)
            {
                _parts.Writer.TryWrite(new RerankPart
                {
                    Generation = _generation,
                    Scores = scores,
                    Model = told.Model!,
                    ModelIdentity = told.ModelIdentity!,
                });
            }
        }
    }

    /// <summary>Takes in how the request ended, which makes the last part.</summary>
    public void EndRequest(RerankResponse response)
    {
        lock (_lock)
        {
            _isOver = true;
            if (response.Result is not { } result)
            {
                _parts.Writer.TryWrite(new RerankPart { Generation = _generation, Scores = [], Response = response });
            }
            else
            {
                BeginIdentity(result.ModelIdentity);
                var rest = new List<PassageScore>();
                foreach (var score in result.Passages)
                {
                    AddUntold(rest, score);
                }

                // A score that was told stays as it was told, should another attempt's have been a trifle different.
                _parts.Writer.TryWrite(new RerankPart
                {
                    Generation = _generation,
                    Scores = rest,
                    Model = result.Model,
                    ModelIdentity = result.ModelIdentity,
                    Response = response with { Result = result with { Passages = _scores } },
                });
            }

            _parts.Writer.Complete();
        }
    }

    /// <summary>Takes in that the request ended without a response.</summary>
    public void FailRequest(Exception exception)
    {
        lock (_lock)
        {
            _isOver = true;
            _parts.Writer.TryComplete(exception);
        }
    }

    // Whether scores of another identity are void from here on. Those that nobody took are not told any more.
    private bool BeginIdentity(string identity)
    {
        if (_identity == identity)
        {
            return false;
        }

        var isNew = _identity is not null;
        _identity = identity;
        if (isNew)
        {
            _generation++;
            Array.Clear(_isTold);
            while (_parts.Reader.TryRead(out _))
            {
            }
        }

        return isNew;
    }

    private void AddUntold(List<PassageScore> scores, PassageScore score)
    {
        if (!_isTold[score.Index])
        {
            _isTold[score.Index] = true;
            _scores[score.Index] = score;
            scores.Add(score);
        }
    }
}
