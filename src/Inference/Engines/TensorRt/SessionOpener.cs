using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>Opens a graph with these options of the TensorRT provider.</summary>
internal delegate InferenceSession SessionOpener(string graph, Dictionary<string, string> values);
