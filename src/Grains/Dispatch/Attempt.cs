using Reranker.Grains.Fleet;

namespace Reranker.Grains.Dispatch;

/// <summary>One sending of a sub-batch to a worker.</summary>
/// <param name="Worker">Where it went.</param>
/// <param name="Number">0 for the first, counting up.</param>
/// <param name="Kind">Why it was sent.</param>
/// <param name="ExpectedSeconds">Expected time until it is answered.</param>
internal sealed record Attempt(FleetWorker Worker, int Number, AttemptKind Kind, double ExpectedSeconds);
