namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>Where the operands of attention lie on the device.</summary>
/// <param name="Qkv">Queries, keys and values.</param>
/// <param name="Starts">Boundaries of the pairs.</param>
/// <param name="Frequencies">Of rotary positions; 0 where there are none.</param>
/// <param name="Result">The context.</param>
internal readonly record struct AttentionOperands(nint Qkv, nint Starts, nint Frequencies, nint Result);

/// <summary>Sizes of a batch and of a model's attention.</summary>
internal readonly record struct AttentionSize(int Tokens, int Pairs, int Heads, int HeadSize);

/// <summary>Where the operands of a normalized sum lie on the device; <c>Second</c> is 0 where there is one result.</summary>
internal readonly record struct NormalizeOperands(nint X, nint Residual, nint Gain, nint Bias, nint Result, nint Second);

/// <summary>Which rows of two tables are added; none where the operands are the rows themselves.</summary>
/// <param name="Ids">Where the rows of the first table are told, INT32 on the device.</param>
/// <param name="Positions">Those of the second one.</param>
/// <param name="Words">Rows of the first table.</param>
/// <param name="Places">Rows of the second one.</param>
internal readonly record struct EmbeddingLookup(nint Ids, nint Positions, int Words, int Places);

/// <summary>How a normalized sum is written.</summary>
/// <param name="Epsilon">What is added to the variance.</param>
/// <param name="InverseScale">What an e4m3 result is multiplied with; null where there is none.</param>
/// <param name="KeepsSum">The first result is the sum, and the second one is normalized; else both are.</param>
internal readonly record struct NormalizeForm(float Epsilon, float? InverseScale, bool KeepsSum);
