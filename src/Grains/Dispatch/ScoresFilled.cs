namespace Reranker.Grains.Dispatch;

/// <summary>Hears of scores that are known before all of their request are.</summary>
/// <param name="passages">Indexes of the passages.</param>
/// <param name="logits">Their logits.</param>
internal delegate void ScoresFilled(ReadOnlySpan<int> passages, ReadOnlySpan<float> logits);
