using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>
/// The operators that the CPU engine brings to its sessions. They keep nothing, so there is one set of them, for as long as the process lives.
/// </summary>
internal static class CpuOperators
{
    private static readonly Lazy<OperatorDomain> Domain = new(static () => new OperatorDomain(
        CpuGraphOperators.Domain,
        new NormalizationOperator(isSum: false),
        new NormalizationOperator(isSum: true),
        new ActivationOperator(hasGate: false),
        new ActivationOperator(hasGate: true),
        new RowAttentionOperator(isRotary: false),
        new RowAttentionOperator(isRotary: true)));

    /// <summary>
    /// Whether this processor has what they are fast with: fused multiply-adds, and registers of 256 bits, two of which do what one of 512 does, to the
    /// last bit. They are right without, and slow.
    /// </summary>
    public static bool AreFast => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    /// <summary>Opens a session that knows them.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="open">Opens it with these.</param>
    public static InferenceSession OpenSession(SessionOptions options, Func<InferenceSession> open)
    {
        Domain.Value.RegisterOperators(options);
        return Domain.Value.OpenSession(open);
    }
}
