using Reranker.Attempts;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Models;
using Reranker.Inference.Tokenization;
using Reranker.Workers;

namespace Reranker.Grains.Requests;

/// <summary>The pairs of one request that are to be scored with one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Pairs">The pairs, each once.</param>
/// <param name="Tenant">Whose work it is.</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="Deadline">When it must have ended.</param>
internal sealed record PairWork(CatalogModel Model, TokenizedRequest Pairs, string Tenant, WorkPriority Priority, Deadline Deadline)
{
    /// <summary>Hears of scores before all are known; null when nobody wants to.</summary>
    public ScoresFilled? Filled { get; init; }

    /// <summary>The same work with some of the pairs. Who hears of scores hears of them by their indexes here.</summary>
    public PairWork SelectPairs(int[] chosen) => this with
    {
        Pairs = Pairs.SelectPassages(chosen),
        Filled = Filled is { } filled ? (indexes, logits) => filled(RenumberPairs(indexes, chosen), logits) : null,
    };

    private static int[] RenumberPairs(ReadOnlySpan<int> indexes, int[] chosen)
    {
        var numbers = new int[indexes.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = chosen[indexes[i]];
        }

        return numbers;
    }
}
