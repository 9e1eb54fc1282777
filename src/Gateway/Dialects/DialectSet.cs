using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects;

/// <summary>The dialects of one path.</summary>
/// <param name="Undetermined">Speaks until the body has shown its dialect.</param>
/// <param name="Candidates">In the order of precedence.</param>
internal sealed record DialectSet(IRerankDialect Undetermined, params IRerankDialect[] Candidates)
{
    /// <summary><c>/rerank</c>: <c>texts</c> makes it Text Embeddings Inference, else it is what Jina, vLLM and Infinity share.</summary>
    public static readonly DialectSet Bare = new(new UndeterminedDialect(), new TeiDialect(), new CohereDialect("jina", "1"));

    /// <summary><c>/v1/rerank</c>.</summary>
    public static readonly DialectSet V1 = Single(new CohereDialect("cohere-v1", "1"));

    /// <summary><c>/v2/rerank</c>.</summary>
    public static readonly DialectSet V2 = Single(new CohereDialect("cohere-v2", "2"));

    /// <summary>The dialect of a body.</summary>
    public IRerankDialect Select(JsonFields fields) => Array.Find(Candidates, dialect => dialect.Recognizes(fields)) ?? Undetermined;

    private static DialectSet Single(IRerankDialect dialect) => new(dialect, dialect);
}
