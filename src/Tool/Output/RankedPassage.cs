namespace Reranker.Tool.Output;

/// <summary>One passage of a ranking.</summary>
/// <param name="Index">Its position among the passages, from 0.</param>
/// <param name="Line">The line of the input it stands on, from 1, blank lines counted.</param>
/// <param name="Score">sigmoid(logit), 0 to 1.</param>
/// <param name="Logit">The cross-encoder's raw logit.</param>
/// <param name="Text">The passage.</param>
/// <param name="Truncated">True when the model did not read all of it.</param>
internal sealed record RankedPassage(int Index, int Line, double Score, float Logit, string Text, bool Truncated);
