namespace Reranker.Inference.Tokenization;

/// <summary>Tokenizing for callers without tenants.</summary>
public static class PairTokenizerExtensions
{
    /// <summary>Tokenizes for the tenant without a name, as <see cref="IPairTokenizer.TokenizeAsync"/> does.</summary>
    public static ValueTask<TokenizedRequest> TokenizeAsync(
        this IPairTokenizer tokenizer, string query, IReadOnlyList<string> passages, TruncationRule rule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.TokenizeAsync(query, passages, rule, "", cancellationToken);
    }
}
