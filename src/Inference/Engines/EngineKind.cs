namespace Reranker.Inference.Engines;

/// <summary>Which engine runs a model.</summary>
public enum EngineKind
{
    /// <summary>
    /// The fastest that works here: CUDA, then TensorRT, then CPU, and TensorRT first for an explicit INT8 graph. Says which it got
    /// and why not an earlier one.
    /// </summary>
    Auto,

    /// <summary>ONNX Runtime's TensorRT provider on the padded graph.</summary>
    TensorRt,

    /// <summary>ONNX Runtime's CUDA provider on the packed graph.</summary>
    Cuda,

    /// <summary>ONNX Runtime's CPU provider on the padded graph, one pair a run.</summary>
    Cpu,

    /// <summary>No inference: scores from a hash after a scripted time, for load tests and drills.</summary>
    Scripted,
}
