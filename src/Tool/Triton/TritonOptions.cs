namespace Reranker.Tool.Triton;

/// <summary>What a model repository asks of Triton beyond what the model's manifest says.</summary>
/// <param name="MaxBatch">Most pairs of a run.</param>
/// <param name="MaxTokens">Most tokens of a pair, at most the model's; null is the model's, up to what TensorRT's profile is made for.</param>
/// <param name="Instances">Sessions a device.</param>
/// <param name="QueueDelay">Longest time that a pair waits for others.</param>
/// <param name="UsesTensorRt">Whether TensorRT runs the graph on a GPU.</param>
internal sealed record TritonOptions(int MaxBatch, int? MaxTokens, int Instances, TimeSpan QueueDelay, bool UsesTensorRt);
