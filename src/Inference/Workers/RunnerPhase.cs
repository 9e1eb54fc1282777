namespace Reranker.Inference.Workers;

/// <summary>The phases of a runner; it only moves forward through them.</summary>
internal enum RunnerPhase
{
    Ready = 0,
    Draining = 1,
    Lost = 2,
    Stopped = 3,
}
