using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.Inference.Tests.Engines.Gpu.Libraries;

namespace Reranker.BuildingSilo;

/// <summary>
/// The TensorRT engine with its plan, its cache and its faults, on a session of the CPU provider. A build writes an engine file of
/// <c>ENGINE_BYTES</c> into the cache, and as ONNX Runtime's provider it says nothing when the disk is too small for it.
/// </summary>
internal sealed class CpuInTensorRtsPlace(TimeProvider time, ILogger logger) : IEngineProvider
{
    private static readonly byte[] Block = new byte[64 << 10];

    public EngineKind Kind => EngineKind.TensorRt;

    public IInferenceEngine Load(EngineRequest request)
    {
        var driver = new FakeDriver { DeviceCount = 1 };
        var graph = request.Model.FindGraphPath("padded")!;
        return new TensorRtLoader(driver, new GpuLibraries(driver, new FakeLibraries()), time, logger, Open).Load(request);

        InferenceSession Open(string opened, Dictionary<string, string> values)
        {
            if (values.TryGetValue("trt_ep_context_file_path", out var context))
            {
                WriteEngine(Path.ChangeExtension(context, ".engine"));
            }

            return new InferenceSession(graph);
        }
    }

    private static void WriteEngine(string path)
    {
        try
        {
            using var file = File.Create(path);
            for (var left = long.Parse(Environment.GetEnvironmentVariable("ENGINE_BYTES") ?? "0", CultureInfo.InvariantCulture); left > 0; left -= Block.Length)
            {
                file.Write(Block);
            }
        }
        catch (IOException)
        {
            // The stream that it writes with keeps that for itself.
        }
    }
}
