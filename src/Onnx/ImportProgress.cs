namespace Reranker.Onnx;

/// <summary>How far an import is.</summary>
/// <param name="Step">What is being done, for people: <c>weights</c>, <c>calibrate</c>, <c>check</c>, <c>finish</c>.</param>
/// <param name="Item">The tensor or file at hand; null where a step has none.</param>
/// <param name="BytesDone">Bytes of weights written so far.</param>
/// <param name="BytesTotal">Bytes of weights in all.</param>
public readonly record struct ImportProgress(string Step, string? Item, long BytesDone, long BytesTotal);
