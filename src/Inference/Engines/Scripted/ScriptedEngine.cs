using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Scripted;

/// <summary>
/// An engine that waits instead of computing: it takes the scripted time a batch, gives scores that anybody can check
/// (<see cref="ScriptedScore"/>) and fails as scripted. Load tests of everything around the engine run on it, and drills.
/// </summary>
public sealed class ScriptedEngine : IInferenceEngine
{
    private readonly ScriptedEngineOptions _script;
    private readonly ScriptedCostModel _cost;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposed = new();
    private long _batches;

    /// <summary>Creates an engine that stands for the described model; limits and lanes are the script's.</summary>
    public ScriptedEngine(ScriptedEngineOptions script, EngineDescription description, TimeProvider time)
    {
        _script = script.Checked();
        _time = time;
        _cost = new ScriptedCostModel(script);
        Description = description with
        {
            ExecutionProvider = "Scripted",
            MaxBatchPairs = script.MaxBatchPairs,
            MaxBatchTokens = Math.Max(script.MaxBatchTokens, description.MaxPairTokens),
            Lanes = script.Lanes,
        };
    }

    /// <inheritdoc/>
    public EngineDescription Description { get; }

    /// <inheritdoc/>
    public ICostModel Cost => _cost;

    /// <summary>Batches that were started.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <inheritdoc/>
    public IEngineLane CreateLane() => new ScriptedLane(this);

    /// <summary>Ends runs that hang.</summary>
    public void Dispose() => _disposed.Cancel();

    private void RunBatch(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits, PreciseDelay delay)
    {
        var batch = Interlocked.Increment(ref _batches);
        if (_script.HangAfter > 0 && batch > _script.HangAfter)
        {
            _disposed.Token.WaitHandle.WaitOne();
            throw new EngineException(EngineFault.DeviceLost, "The scripted engine was disposed while it hung.");
        }

        if (_script.LoseDeviceAfter > 0 && batch > _script.LoseDeviceAfter)
        {
            throw new EngineException(EngineFault.DeviceLost, "The scripted device is lost.");
        }

        long tokens = 0;
        foreach (var pair in pairs)
        {
            tokens += pair.Length;
        }

        if (_script.MemoryTokens > 0 && tokens > _script.MemoryTokens)
        {
            throw new EngineException(EngineFault.OutOfMemory, "The scripted device has too little memory for the batch.");
        }

        var slower = _script.SlowDownAfter > 0 && batch > _script.SlowDownAfter ? _script.SlowDown : 1;
        delay.Wait(TimeSpan.FromMicroseconds(slower * _cost.ComputeMicroseconds(pairs.Length, tokens)), _disposed.Token);
        if (_script.FailEvery > 0 && batch % _script.FailEvery == 0 && (_script.FailUntil == 0 || batch <= _script.FailUntil))
        {
            throw new EngineException(EngineFault.Batch, "The script fails this batch.");
        }

        for (var i = 0; i < pairs.Length; i++)
        {
            logits[i] = ScorePair(pairs[i].Span);
        }
    }

    private float ScorePair(ReadOnlySpan<int> ids)
    {
        if (_script.PoisonedToken is { } poison && ids.Contains(poison))
        {
            throw new EngineException(EngineFault.Batch, "The script fails batches with this pair.");
        }

        return _script.NanToken is { } nan && ids.Contains(nan) ? float.NaN : ScriptedScore.ComputeScore(ids);
    }

    private sealed class ScriptedLane(ScriptedEngine engine) : IEngineLane
    {
        private readonly PreciseDelay _delay = new(engine._time);

        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits) => engine.RunBatch(pairs, logits, _delay);

        public void Dispose() => _delay.Dispose();
    }
}
