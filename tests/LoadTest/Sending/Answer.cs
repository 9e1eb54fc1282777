namespace Reranker.LoadTest.Sending;

/// <summary>How a request ended.</summary>
/// <param name="Error">What went wrong, as the report counts it: a status, <c>timeout</c>, <c>connection …</c> or what is wrong with the reply; null when nothing.</param>
/// <param name="Refused">The server said that it has no room: 429 or 503.</param>
/// <param name="Tokens">Tokens that the server says it read; 0 when it does not say.</param>
internal readonly record struct Answer(string? Error, bool Refused = false, int Tokens = 0);
