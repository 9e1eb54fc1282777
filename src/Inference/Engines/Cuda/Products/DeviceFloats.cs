using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// Floats that kernels read on the device, each once. They come with the first runs of a session, before any is captured: to
/// copy is nothing that a captured run may do.
/// </summary>
internal sealed class DeviceFloats(OrtAllocator allocator, ICudaDriver driver, int ordinal) : IDisposable
{
    private const int BlockFloats = 256;

    private readonly Lock _placing = new();
    private readonly Dictionary<float, nint> _places = [];
    private readonly List<OrtValue> _blocks = [];

    /// <summary>Where that number lies.</summary>
    public nint FindPlace(float value)
    {
        lock (_placing)
        {
            if (_places.TryGetValue(value, out var known))
            {
                return known;
            }

            var index = _places.Count % BlockFloats;
            if (index == 0)
            {
                _blocks.Add(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Float, [BlockFloats]));
            }

            var place = TensorAddress.FindAddress(_blocks[^1]) + (index * sizeof(float));
            driver.CopyToDevice(ordinal, place, MemoryMarshal.AsBytes([value]));
            return _places[value] = place;
        }
    }

    public void Dispose() => _blocks.ForEach(b => b.Dispose());
}
