namespace Reranker.Fuzz.Oracle;

/// <summary>Knows what every passage must score, alone.</summary>
internal interface IPassageScorer
{
    ValueTask<ScoredPassages> ScoreAsync(ReferenceCall call, CancellationToken cancellationToken);
}
