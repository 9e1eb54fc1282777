using System.Collections.Immutable;
using Reranker.Workers;

namespace Reranker.Grains.Fleet;

/// <summary>
/// What this silo reckons of a worker: whether it can be reached, how old its last report is, and for each model when it
/// will be free. Thread-safe.
/// </summary>
internal sealed class WorkerEstimate(TimeProvider time, FleetOptions options)
{
    private readonly Lock _lock = new();
    private ImmutableDictionary<string, ModelEstimate> _models = ImmutableDictionary.Create<string, ModelEstimate>(StringComparer.Ordinal);
    private WorkerLoad _load;
    private long _reportedAt;
    private bool _reported;
    private long _penalisedUntil;
    private bool _silent;
    private int _refreshing;

    /// <summary>The last report; its state is Unknown before the first.</summary>
    public WorkerLoad Load
    {
        get
        {
            lock (_lock)
            {
                return _load;
            }
        }
    }

    /// <summary>
    /// True for a while after a call failed on the way, and until the worker has been heard again. Whether it lives is found out
    /// by a question about its load, not by somebody's request.
    /// </summary>
    public bool IsPenalized
    {
        get
        {
            lock (_lock)
            {
                return _silent || time.GetTimestamp() < _penalisedUntil;
            }
        }
    }

    /// <summary>True when the last report is too old to plan by.</summary>
    public bool IsStale
    {
        get
        {
            lock (_lock)
            {
                return !_reported || _silent || time.GetElapsedTime(_reportedAt) > options.MaxLoadAge;
            }
        }
    }

    /// <summary>True while a question about its load is under way.</summary>
    public bool IsRefreshing => Volatile.Read(ref _refreshing) != 0;

    /// <summary>When it will be free for a model; a model that no report has named yet is taken as idle and not measured.</summary>
    public ModelEstimate GetModel(string identity)
    {
        if (Volatile.Read(ref _models).TryGetValue(identity, out var known))
        {
            return known;
        }

        lock (_lock)
        {
            return GetOrAddModel(identity);
        }
    }

    /// <summary>Takes in a report; one that is older than the last is ignored.</summary>
    public void TakeReport(in WorkerLoad load)
    {
        lock (_lock)
        {
            _silent = false;
            if (_reported && load.Sequence <= _load.Sequence)
            {
                return;
            }

            _load = load;
            _reported = true;
            _reportedAt = time.GetTimestamp();
            if (load.Models is null)
            {
                ApplyWorkerLoadToModels();
                return;
            }

            foreach (var model in load.Models)
            {
                GetOrAddModel(model.Identity).TakeReport(model, _reportedAt);
            }

            // A model that left may come back, and is then as new. What a planner holds of it until then speaks of the past only.
            // All that are reported are known by now, so nearly every report ends here without a look at each.
            if (_models.Count > load.Models.Length)
            {
                Volatile.Write(ref _models, _models.RemoveRange(_models.Keys.Where(identity => !IsModelReported(identity))));
            }
        }
    }

    /// <summary>Keeps new work away for a while, and until the next report.</summary>
    public void Penalize(TimeSpan duration)
    {
        lock (_lock)
        {
            _silent = true;
            _penalisedUntil = time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        }
    }

    /// <summary>True for one caller at a time, who must call <see cref="EndRefresh"/>.</summary>
    public bool TryBeginRefresh() => Interlocked.CompareExchange(ref _refreshing, 1, 0) == 0;

    /// <summary>Lets the next refresh begin.</summary>
    public void EndRefresh() => Volatile.Write(ref _refreshing, 0);

    private bool IsModelReported(string identity) => Array.Exists(_load.Models!, m => m.Identity == identity);

    private ModelEstimate GetOrAddModel(string identity)
    {
        if (!_models.TryGetValue(identity, out var model))
        {
            model = new ModelEstimate(time, options);
            if (_reported && _load.Models is null)
            {
                model.TakeReport(CreateModelLoadFromWorkerLoad(identity), _reportedAt);
            }

            Volatile.Write(ref _models, _models.Add(identity, model));
        }

        return model;
    }

    // A silo of a release that does not tell models apart: its sums speak for each of them.
    private void ApplyWorkerLoadToModels()
    {
        foreach (var (identity, model) in _models)
        {
            model.TakeReport(CreateModelLoadFromWorkerLoad(identity), _reportedAt);
        }
    }

    private ModelLoad CreateModelLoadFromWorkerLoad(string identity) => new()
    {
        Identity = identity,
        QueuedTokens = _load.QueuedTokens,
        TokensPerSecond = _load.TokensPerSecond,
        InFlightMicroseconds = _load.InFlightMicroseconds,
        BacklogMicroseconds = _load.BacklogMicroseconds,
        State = _load.State,
    };
}
