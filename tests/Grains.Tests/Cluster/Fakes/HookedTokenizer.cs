using Reranker.Inference.Tokenization;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster.Fakes;

/// <summary>The fake tokenizer, after something else has happened.</summary>
internal sealed class HookedTokenizer(Func<CancellationToken, Task> before) : IPairTokenizer
{
    private readonly FakePairTokenizer _tokenizer = new();

    public async ValueTask<TokenizedRequest> TokenizeAsync(
        string query, IReadOnlyList<string> passages, TruncationRule rule, string tenant, CancellationToken cancellationToken)
    {
        await before(cancellationToken);
        return await _tokenizer.TokenizeAsync(query, passages, rule, tenant, cancellationToken);
    }
}
