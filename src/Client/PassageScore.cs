namespace Reranker.Client;

/// <summary>The score of one passage.</summary>
/// <param name="Index">Position of the passage in the request, from 0.</param>
/// <param name="Logit">The model's raw output; unbounded, comparable within one model identity.</param>
/// <param name="Tokens">Tokens of the pair as the model read it, special tokens included; of a passage in chunks, of all its pairs.</param>
/// <param name="TruncatedTokens">Tokens of the passage that the model did not read.</param>
public readonly record struct PassageScore(int Index, float Logit, int Tokens, int TruncatedTokens)
{
    /// <summary>Chunks the passage was scored in; the score is that of the best.</summary>
    public int Chunks { get; init; } = 1;

    /// <summary>What makes a score of the logit; null (default) for the sigmoid.</summary>
    public ScoreMap? Map { get; init; }

    /// <summary>
    /// The relevance from 0 to 1, computed in double so that close logits keep their order: what <see cref="Map"/> makes of
    /// <see cref="Logit"/>, else its sigmoid.
    /// </summary>
    public double Score => (Map?.Curve ?? ScoreCurve.Sigmoid).FindProbability(Logit);
}
