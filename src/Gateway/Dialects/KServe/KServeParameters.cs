namespace Reranker.Gateway.Dialects.KServe;

/// <summary>The parameters that have an effect, of a request or of one of its tensors.</summary>
/// <param name="Truncate">Whether pairs that are too long are cut.</param>
/// <param name="IsBinaryOutput">Whether all outputs are wanted as bytes.</param>
/// <param name="IsBinary">Whether an output is.</param>
/// <param name="BinarySize">Bytes of an input behind the JSON.</param>
internal readonly record struct KServeParameters(bool? Truncate, bool IsBinaryOutput, bool? IsBinary, long? BinarySize);
