namespace Reranker.Tool.Input;

/// <summary>A passage as it was read.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Line">The line it stands on, from 1, blank lines counted.</param>
internal sealed record Passage(string Text, int Line);
