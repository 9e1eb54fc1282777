namespace Reranker.Fuzz.Sending;

/// <summary>What came is no HTTP.</summary>
internal sealed class BrokenReplyException(string message) : Exception(message);
