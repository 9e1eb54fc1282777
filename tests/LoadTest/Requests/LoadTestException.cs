namespace Reranker.LoadTest.Requests;

/// <summary>A run cannot start; the message says why, for the one who started it.</summary>
internal sealed class LoadTestException(string message, Exception? innerException = null) : Exception(message, innerException);
