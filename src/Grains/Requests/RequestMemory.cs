using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Inference.Tokenization;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>
/// Bounds the memory of all requests of this silo. Texts are large and short-lived: they are gone once they are tokenized, where
/// nobody else in the process holds them. Ids stay until the scores are there.
/// </summary>
internal sealed class RequestMemory(IOptions<RequestMemoryOptions> options)
{
    // An id, and its copy in the message to a worker.
    private const int BytesPerToken = 2 * sizeof(int);

    // Heads of a text or of its ids, and their places in lists and tables.
    private const int BytesPerPassage = 128;

    private readonly TenantBudget _budget = new(
        options.Value.MaxBytes, CollectionTrigger.CreateWithProcessCollector(options.Value.MaxBytes));

    /// <summary>Bytes that requests hold.</summary>
    public long Held => _budget.Held;

    /// <summary>Counts a request's texts and the most ids that they can make, or gives null when there is no room.</summary>
    public BudgetLease? TryTakeRequest(RerankRequest request, TruncationRule rule)
    {
        var characters = request.Query.Length + request.Passages.Sum(static p => (long)p.Length);

        // A token has a character at least, and a text no more tokens than its pairs take.
        var tokens = Math.Min(characters, (long)request.Passages.Length * rule.MaxPairTokens * rule.MaxChunks);
        var lease = _budget.OpenLease(request.Tenant);
        return lease.TryGrow((characters * sizeof(char)) + (tokens * (rule.AtSentences ? BytesPerToken + sizeof(int) : BytesPerToken)) + ((long)request.Passages.Length * BytesPerPassage))
            ? lease
            : null;
    }

    /// <summary>Counts what is left of a request that was tokenized.</summary>
    /// <param name="lease">What it held.</param>
    /// <param name="request">Its texts; those that stay are counted on.</param>
    /// <param name="pairs">Its ids.</param>
    /// <param name="areTextsKept">False where the texts were dropped, or are kept by nobody but the caller, who counts them.</param>
    public static void ShrinkLeaseToTokenized(BudgetLease lease, RerankRequest request, TokenizedRequest pairs, bool areTextsKept)
    {
        long characters = request.Query.Length, tokens = pairs.QueryIds.Length;
        if (areTextsKept)
        {
            characters += request.Passages.Sum(static p => (long)p.Length);
        }

        foreach (var ids in pairs.PassageIds)
        {
            tokens += ids.Length;
        }

        var lists = Math.Max(request.Passages.Length, pairs.PassageIds.Length);
        lease.SetHeldWithoutLimit((characters * sizeof(char)) + (tokens * BytesPerToken) + ((long)lists * BytesPerPassage));
    }
}
