using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Loading;

/// <summary>What warming an open model up found: all that an engine is, beside its description.</summary>
/// <param name="Limits">What the device takes, which may be less than was asked for.</param>
/// <param name="Cost">What a batch costs.</param>
/// <param name="CreateLane">Creates a lane on the model.</param>
/// <param name="Prepared">What was made while warming up, to be given back before the model; null for nothing.</param>
internal sealed record WarmModel(CostLimits Limits, ICostModel Cost, Func<IEngineLane> CreateLane, IDisposable? Prepared = null);
