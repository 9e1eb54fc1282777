using Reranker.Inference.Engines;

namespace Reranker.Inference.Workers;

/// <summary>
/// Runs a pair of the worker's own: it tells a device that fails whatever it is given from works that fail on any device, and
/// costs nobody a request.
/// </summary>
internal sealed class DeviceTrial
{
    // As long as a pair of few words, and tokens that every vocabulary has.
    private const int Tokens = 16;
    private const int AnyToken = 3;

    private readonly IInferenceEngine _engine;
    private readonly IEngineLane _lane;
    private readonly RunningBatch _running;
    private readonly int[] _ids;
    private readonly float[] _logit = new float[1];

    public DeviceTrial(IInferenceEngine engine, IEngineLane lane, RunningBatch running)
    {
        (_engine, _lane, _running) = (engine, lane, running);
        _ids = new int[Math.Min(Tokens, engine.Description.MaxPairTokens)];
        _ids.AsSpan().Fill(Math.Min(AnyToken, engine.Description.VocabularySize - 1));
    }

    /// <summary>Runs it. The caller has a turn on the device; false when that is lost meanwhile, which says more.</summary>
    /// <param name="fault">What is wrong, as a clause; null when the pair got a score.</param>
    /// <exception cref="EngineException">The device is lost.</exception>
    public bool TryRun(out string? fault)
    {
        fault = null;
        if (!_running.TryBeginRun(_engine.Cost.PredictMicroseconds([_ids.Length])))
        {
            return false;
        }

        try
        {
            _logit[0] = float.NaN;
            _lane.Run([_ids], _logit);
            fault = float.IsFinite(_logit[0]) ? null : "inference gives no number";
        }
        catch (Exception e) when (e is not EngineException { Fault: EngineFault.DeviceLost })
        {
            fault = e.Message;
        }
        finally
        {
            _running.EndRun();
        }

        return true;
    }
}
