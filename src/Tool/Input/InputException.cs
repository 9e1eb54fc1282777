namespace Reranker.Tool.Input;

/// <summary>The command's input is wrong; the message is meant for the person who typed it.</summary>
internal sealed class InputException(string message, Exception? innerException = null) : Exception(message, innerException);
