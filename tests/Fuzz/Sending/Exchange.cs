namespace Reranker.Fuzz.Sending;

/// <summary>What became of one case.</summary>
/// <param name="Bytes">What was sent.</param>
/// <param name="Reply">The reply; null when the connection ended without one.</param>
/// <param name="Behind">The reply to the probe that was sent right behind it, where one was.</param>
/// <param name="Fault">What is wrong already: no reply in time, or no HTTP.</param>
internal sealed record Exchange(byte[] Bytes, RawReply? Reply, RawReply? Behind = null, string? Fault = null);
