namespace Reranker.Inference.Workers;

/// <summary>Where a runner stands; it only moves forward.</summary>
internal enum RunnerState
{
    Ready = 0,
    Draining = 1,
    Lost = 2,
    Stopped = 3,
}
