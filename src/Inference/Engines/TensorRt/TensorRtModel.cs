using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>
/// The padded graph as one TensorRT engine with one wide profile: one session, one lane, one execution context. There is no
/// CUDA session beside it, which would hold the weights a second time.
/// </summary>
internal sealed class TensorRtModel : IOpenModel
{
    private readonly InferenceSession _session;
    private readonly TensorElementType _logitType;
    private readonly ICudaDriver _driver;
    private readonly DeviceThread _thread;

    private TensorRtModel(InferenceSession session, TensorElementType logitType, ICudaDriver driver, TensorRtPlan plan)
    {
        (_session, _logitType, _driver, Plan) = (session, logitType, driver, plan);
        _thread = new DeviceThread($"tensorrt-{plan.Device.Ordinal}");
    }

    public string ExecutionProvider => "TensorRT";

    public string Device => Plan.Device.Name;

    public string RuntimeVersion => $"{OnnxRuntimeLibrary.Version}, TensorRT {Plan.Store.Key.TensorRt}";

    /// <summary>What it was opened by.</summary>
    public TensorRtPlan Plan { get; }

    /// <summary>Takes a session over; where its graph is not the padded one, the session is closed.</summary>
    /// <exception cref="Models.ModelFolderException">It is not.</exception>
    public static TensorRtModel TakeOver(InferenceSession session, ICudaDriver driver, TensorRtPlan plan)
    {
        try
        {
            return new TensorRtModel(session, GraphContract.Padded.CheckSession(session, plan.Graph), driver, plan);
        }
        catch
        {
            CloseSession(session);
            throw;
        }
    }

    public PaddedLane CreateLane()
        => new(_session, Plan.Device.Ordinal, Plan.Profile, _logitType, e => GpuFaults.TranslateFault(e, _driver, Plan.Device), _thread);

    public void Dispose()
    {
        CloseSession(_session);
        _thread.Dispose();
    }

    // To free is to wait for the device as well.
    private static void CloseSession(InferenceSession session)
    {
        using var pass = CaptureGate.EnterForWork();
        session.Dispose();
    }
}
