using System.Collections.Concurrent;
using System.Threading.Channels;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Scripted;

namespace Reranker.TestKit.Engines;

/// <summary>An engine whose runs stop at the door until the test lets them go on, one by one.</summary>
public sealed class ManualEngine(EngineDescription description, ICostModel cost) : IInferenceEngine
{
    private readonly Channel<ManualRun> _runs = Channel.CreateUnbounded<ManualRun>();
    private readonly ConcurrentBag<ManualRun> _all = [];
    private volatile bool _letGo;
    private volatile bool _over;

    /// <inheritdoc/>
    public EngineDescription Description => description;

    /// <inheritdoc/>
    public ICostModel Cost => cost;

    /// <summary>Pairs of all runs that have begun.</summary>
    public int Pairs => _all.Sum(r => r.Pairs.Count);

    /// <summary>True when a run waits to be let go.</summary>
    public bool HasRun => _runs.Reader.TryPeek(out _);

    /// <summary>Waits for the next run to begin.</summary>
    public async Task<ManualRun> NextRunAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _runs.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>Holds no run any more.</summary>
    public void LetAllGo()
    {
        _letGo = true;
        foreach (var run in _all)
        {
            run.Complete();
        }
    }

    /// <inheritdoc/>
    public IEngineLane CreateLane() => new Lane(this);

    /// <summary>True once disposed.</summary>
    public bool IsDisposed => _over;

    /// <summary>Ends the runs that are still held, and those that begin later.</summary>
    public void Dispose()
    {
        _over = true;
        foreach (var run in _all)
        {
            run.Fail(new EngineException(EngineFault.DeviceLost, "The test is over."));
        }
    }

    private sealed class Lane(ManualEngine engine) : IEngineLane
    {
        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            var run = new ManualRun([.. pairs.ToArray().Select(p => p.ToArray())]);
            engine._all.Add(run);
            engine._runs.Writer.TryWrite(run);
            if (engine._letGo)
            {
                run.Complete();
            }

            if (engine._over)
            {
                run.Fail(new EngineException(EngineFault.DeviceLost, "The test is over."));
            }

            run.WaitForTest();
            for (var i = 0; i < pairs.Length; i++)
            {
                logits[i] = ScriptedScore.ComputeScore(pairs[i].Span);
            }
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>One run that the test holds.</summary>
/// <param name="pairs">Ids of its pairs.</param>
public sealed class ManualRun(IReadOnlyList<int[]> pairs)
{
    private readonly object _lock = new();
    private Exception? _error;
    private bool _released;

    /// <summary>Ids of its pairs.</summary>
    public IReadOnlyList<int[]> Pairs => pairs;

    /// <summary>Lets it end with scores.</summary>
    public void Complete() => Release(error: null);

    /// <summary>Lets it end with an error.</summary>
    public void Fail(Exception error) => Release(error);

    internal void WaitForTest()
    {
        lock (_lock)
        {
            while (!_released)
            {
                Monitor.Wait(_lock);
            }
        }

        if (_error is not null)
        {
            throw _error;
        }
    }

    private void Release(Exception? error)
    {
        lock (_lock)
        {
            if (!_released)
            {
                (_released, _error) = (true, error);
                Monitor.PulseAll(_lock);
            }
        }
    }
}
