using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Gpu.Tests.Kernels;

/// <summary>A session on the first GPU with one node of the engine's own operators; the test is skipped where that does not work.</summary>
internal sealed class OneNodeSession : IDisposable
{
    private readonly CudaOperators _operators = new();
    private readonly InferenceSession _session;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    private OneNodeSession(byte[] graph, string[] inputs, string[] outputs, GpuDevice gpu)
    {
        (_inputs, _outputs) = (inputs, outputs);

        // Other tests' engines capture graphs meanwhile, which a session that is opened, run or closed beside them would spoil.
        using var load = CaptureGate.EnterForLoad();
        using var pass = CaptureGate.EnterForWork();
        using var options = new SessionOptions();
        using var provider = new OrtCUDAProviderOptions();
        _operators.RegisterOperators(options);
        options.AppendExecutionProvider_CUDA(provider);
        _session = _operators.OpenSession(() => new InferenceSession(graph, options));
        _operators.AttachSession(_session, CudaDriver.Instance, gpu);
    }

    public static OneNodeSession OpenOrSkip(
        string operation, (string Name, OnnxType Type, int Rank)[] inputs, (string Name, OnnxType Type)[] outputs, bool isFp8, params OnnxAttribute[] attributes)
    {
        if (GpuLibraries.Default.FindMissingForCuda() is { } missing)
        {
            Assert.Skip(missing);
        }

        var gpu = CudaDriver.Instance.DescribeDevice(0);
        var needed = isFp8 ? Inference.Engines.Cuda.Kernels.KernelImage.MinFp8Capability : Inference.Engines.Cuda.Kernels.KernelImage.MinCapability;
        Assert.SkipWhen(gpu.ComputeCapability < needed, $"{gpu.Name} is too old a card");
        var graph = new GraphBuilder("one-node", new WeightsLayout(), "none");
        graph.AddNode(
            GraphOperators.Domain,
            operation,
            [.. outputs.Select(o => o.Name)],
            [.. inputs.Select(i => graph.AddInput(i.Name, i.Type, [.. Enumerable.Range(0, i.Rank).Select(d => $"{i.Name}{d}")]))],
            attributes);
        foreach (var (name, type) in outputs)
        {
            graph.AddOutput(name, type, "rows", "columns");
        }

        return new OneNodeSession(graph.Build(), [.. inputs.Select(i => i.Name)], [.. outputs.Select(o => o.Name)], gpu);
    }

    /// <summary>The elements of all outputs, in FP16 or in bytes.</summary>
    public (Half[] Halves, byte[] Bytes) Run(params OrtValue[] values)
    {
        using var pass = CaptureGate.EnterForWork();
        using var run = new RunOptions();
        using var results = _session.Run(run, _inputs, values, _outputs);
        Half[] halves = [];
        byte[] bytes = [];
        foreach (var result in results)
        {
            if (result.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float16)
            {
                halves = [.. result.GetTensorDataAsSpan<Float16>().ToArray().Select(f => BitConverter.UInt16BitsToHalf(f.value))];
            }
            else
            {
                bytes = result.GetTensorDataAsSpan<byte>().ToArray();
            }
        }

        foreach (var value in values)
        {
            value.Dispose();
        }

        return (halves, bytes);
    }

    public static OrtValue CreateTensor(Half[] values, params long[] shape)
        => OrtValue.CreateTensorValueFromMemory([.. values.Select(v => new Float16(BitConverter.HalfToUInt16Bits(v)))], shape);

    public static OrtValue CreateTensor(byte[] values, params long[] shape) => OrtValue.CreateTensorValueFromMemory(values, shape);

    public static OrtValue CreateTensor(int[] values, params long[] shape) => OrtValue.CreateTensorValueFromMemory(values, shape);

    public void Dispose()
    {
        using var pass = CaptureGate.EnterForWork();
        _operators.ReleaseMemory();
        _session.Dispose();
        _operators.Dispose();
    }
}
