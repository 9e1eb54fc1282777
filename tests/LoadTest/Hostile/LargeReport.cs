namespace Reranker.LoadTest.Hostile;

/// <summary>What became of large bodies.</summary>
/// <param name="Answered">Got their scores, and the right ones.</param>
/// <param name="Wrong">Got other scores, or a reply that is none.</param>
/// <param name="Refused">429 or 503.</param>
/// <param name="RefusedWithoutRetryAfter">Of these, without a time to come back.</param>
/// <param name="Other">Ended in another way.</param>
/// <param name="Kinds">How many ended in which way.</param>
/// <param name="Seconds">From the first byte to the last answer.</param>
internal sealed record LargeReport(
    int Answered, int Wrong, int Refused, int RefusedWithoutRetryAfter, int Other, IReadOnlyDictionary<string, int> Kinds, double Seconds);
