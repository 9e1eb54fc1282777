using Reranker.Inference.Costs;
using Reranker.Inference.Engines;

namespace Reranker.Benchmarking.Load;

/// <summary>Counts an engine's runs and the time they take. It does not own the engine, so that several workers may have it in turn.</summary>
internal sealed class MeteredEngine(IInferenceEngine engine, TimeProvider time) : IInferenceEngine
{
    private long _runs, _pairs, _tokens, _ticks;

    public EngineDescription Description => engine.Description;

    public ICostModel Cost => engine.Cost;

    /// <summary>What was run so far.</summary>
    public Reading Now => new(
        time.GetTimestamp(), Interlocked.Read(ref _runs), Interlocked.Read(ref _pairs), Interlocked.Read(ref _tokens), Interlocked.Read(ref _ticks));

    // A worker stages inputs where it can, so a lane that can must still say so.
    public IEngineLane CreateLane() => engine.CreateLane() switch
    {
        IStagingLane staging => new StagingLane(this, staging),
        var lane => new Lane(this, lane),
    };

    public void Dispose()
    {
        // Whoever loaded the engine disposes it.
    }

    private void CountRun(int pairs, long tokens, long start)
    {
        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _pairs, pairs);
        Interlocked.Add(ref _tokens, tokens);
        Interlocked.Add(ref _ticks, time.GetTimestamp() - start);
    }

    private static long CountTokens(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        long tokens = 0;
        foreach (var pair in pairs)
        {
            tokens += pair.Length;
        }

        return tokens;
    }

    /// <summary>Counters at a moment.</summary>
    internal readonly record struct Reading(long At, long Runs, long Pairs, long Tokens, long Ticks);

    private class Lane(MeteredEngine meter, IEngineLane lane) : IEngineLane
    {
        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            var start = meter.GetTimestamp();
            lane.Run(pairs, logits);
            meter.CountRun(pairs.Length, CountTokens(pairs), start);
        }

        public void Dispose() => lane.Dispose();
    }

    private sealed class StagingLane(MeteredEngine meter, IStagingLane lane) : Lane(meter, lane), IStagingLane
    {
        private readonly MeteredEngine _meter = meter;
        private readonly IStagingLane _lane = lane;
        private (int Pairs, long Tokens) _staged;

        public void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
        {
            _lane.Stage(pairs);
            _staged = (pairs.Length, CountTokens(pairs));
        }

        public void RunStaged(Span<float> logits)
        {
            var start = _meter.GetTimestamp();
            _lane.RunStaged(logits);
            _meter.CountRun(_staged.Pairs, _staged.Tokens, start);
        }
    }

    private long GetTimestamp() => time.GetTimestamp();
}
