namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>A model cannot be quantized, or searched, in the way that was asked for; the message says why.</summary>
/// <param name="message">A sentence without a full stop.</param>
public class QuantizationException(string message) : Exception(message);
