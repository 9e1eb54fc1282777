namespace Reranker.Tool.Hub;

/// <summary>A model cannot be had from the hub; the message is one sentence for the person who asked for it.</summary>
internal sealed class HubException(string message, Exception? innerException = null) : Exception(message, innerException);
