using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reranker.Inference.Engines.Onnx;

/// <summary>An input or output that a graph form must have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rank">Number of dimensions.</param>
/// <param name="FreeDimensions">The leading dimensions that must be free, so that any shape may be sent.</param>
/// <param name="Types">Element types, any of which will do.</param>
internal sealed record TensorContract(string Name, int Rank, int FreeDimensions, params TensorElementType[] Types);
