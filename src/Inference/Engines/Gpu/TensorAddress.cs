using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Where a tensor lies that was allocated by ONNX Runtime: in page-locked memory, or on a device, where no span may read.</summary>
internal static class TensorAddress
{
    /// <summary>Address of its first element; it holds as long as the tensor does.</summary>
    public static unsafe nint FindAddress(OrtValue tensor)
        => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.GetTensorMutableRawData()));
}
