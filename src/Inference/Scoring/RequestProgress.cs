namespace Reranker.Inference.Scoring;

/// <summary>How far a worker is with one request.</summary>
/// <param name="Stage">Where its unfinished pairs are.</param>
/// <param name="Running">How long the most overdue run on the device has taken so far; zero when nothing runs.</param>
/// <param name="Predicted">How long that run should take.</param>
public readonly record struct RequestProgress(RequestStage Stage, TimeSpan Running, TimeSpan Predicted);
