using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Admission;

/// <summary>
/// Bounds the memory of all requests together, from the first byte of a body to the last of its reply: many large ones at once
/// are refused instead of ending the process.
/// </summary>
internal sealed class ByteBudget(IOptions<GatewayOptions> options)
{
    /// <summary>
    /// What a byte of a body takes in all: itself, its text, of two bytes a character in memory, and its part of the message to a silo.
    /// It is counted as it comes, so that a body that was read whole is not refused for want of room for the rest.
    /// </summary>
    public const int BytesPerBodyByte = 4;

    /// <summary>
    /// What a byte of a body takes beside its text while that is scored: its part of the message, and then of the reply where that
    /// repeats the texts. The transport keeps its buffers for a while.
    /// </summary>
    public const int BytesPerBodyByteInMessages = 2;

    // A string's own head, its places in lists, its score and its entry of the reply.
    private const int BytesPerPassage = 128;

    private readonly TenantBudget _budget = new(
        options.Value.MaxBodyBytesInFlight, CollectionTrigger.CreateWithProcessCollector(options.Value.MaxBodyBytesInFlight));

    /// <summary>Bytes that requests hold.</summary>
    public long Held => _budget.Held;

    /// <summary>Starts to count for one request.</summary>
    public BudgetLease OpenLease(string tenant) => _budget.OpenLease(tenant);

    /// <summary>Whether a body of an announced length could be taken now. It reserves nothing: what is announced need not come.</summary>
    public bool HasRoom(long bodyBytes) => _budget.HasRoom(bodyBytes * BytesPerBodyByte);

    /// <summary>What texts take while they are scored.</summary>
    public static long CountTextBytes(long characters, int passages) => (characters * sizeof(char)) + ((long)passages * BytesPerPassage);
}
