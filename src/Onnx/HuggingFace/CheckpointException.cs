namespace Reranker.Onnx.HuggingFace;

/// <summary>A checkpoint cannot be imported; the message names the file and, where there is one, the tensor.</summary>
/// <param name="file">The file or folder.</param>
/// <param name="reason">What is wrong with it.</param>
/// <param name="innerException">The error below it.</param>
public sealed class CheckpointException(string file, string reason, Exception? innerException = null)
    : Exception($"{file}: {reason}", innerException)
{
    /// <summary>The file or folder.</summary>
    public string File { get; } = file;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
