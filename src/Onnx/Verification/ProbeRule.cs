namespace Reranker.Onnx.Verification;

/// <summary>Which models of a precision get probes, and how.</summary>
/// <param name="MaxWeightBytes">
/// Largest weights file of which probes are made. The CPU provider has no FP16 product and widens all matrices at once, 1 GB for
/// 24 layers, which is more than an import may take.
/// </param>
/// <param name="OnBothFusions">
/// True: candidates run with operators fused and unfused, and the steadiest become probes. Where rounding decides over
/// quantization levels, such as in INT8, the two differ by up to 0.1 on a few pairs; another processor would differ there too.
/// </param>
internal sealed record ProbeRule(long MaxWeightBytes, bool OnBothFusions);
