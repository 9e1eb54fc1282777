namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>Where the operands of attention lie on the device.</summary>
internal readonly record struct AttentionOperands(nint Qkv, nint Starts, nint Result);

/// <summary>Sizes of a batch and of a model's attention.</summary>
internal readonly record struct AttentionSize(int Tokens, int Pairs, int Heads, int HeadSize);

/// <summary>Where the operands of a normalized sum lie on the device; <c>Eights</c> is 0 where there is no e4m3 result.</summary>
internal readonly record struct NormalizeOperands(nint X, nint Residual, nint Gain, nint Bias, nint Result, nint Eights);
