namespace Reranker.Tool.Hub;

/// <summary>How far a file is.</summary>
/// <param name="File">Its name.</param>
/// <param name="BytesDone">Bytes that are on the disk.</param>
/// <param name="BytesTotal">Its size.</param>
internal readonly record struct PullProgress(string File, long BytesDone, long BytesTotal);
