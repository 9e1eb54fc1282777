using Reranker.Inference.Scoring;

namespace Reranker.Inference.Batching;

/// <summary>
/// The keys of flows that share a worker: a tenant's work of each class is a flow of its own. Weights decide how much of the worker a flow
/// gets while others wait; a weight is above 0, so that no class waits for ever.
/// </summary>
internal static class FlowKeys
{
    private const string HighMark = "\0H";
    private const string LowMark = "\0L";

    // In sixteenths of a normal one. Bulk work beside one tenant of normal class gets a seventeenth, and all that is left.
    private const int Normal = 16;
    private const int High = 64;
    private const int Low = 1;

    /// <summary>The key of a tenant's work of a class.</summary>
    public static string ComposeKey(string tenant, PriorityClass priority) => priority switch
    {
        PriorityClass.High => tenant + HighMark,
        PriorityClass.Low => tenant + LowMark,
        _ => tenant,
    };

    /// <summary>The weight of a flow by its key.</summary>
    public static int FindWeight(string key) =>
        key.EndsWith(HighMark, StringComparison.Ordinal) ? High : key.EndsWith(LowMark, StringComparison.Ordinal) ? Low : Normal;

    /// <summary>Charges of a token of a normal flow; one of the highest class has a single one, so that there are no fractions.</summary>
    public const int ChargesPerToken = High / Normal;

    /// <summary>What a flow of a weight is charged for tokens.</summary>
    public static long WeighTokens(long tokens, int weight) => tokens * (High / weight);
}
