using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>What all paths of Text Embeddings Inference share: its errors, and headers that say where the time went.</summary>
/// <param name="name">Name in metrics and traces.</param>
internal abstract class TeiTimedDialect(string name) : RerankDialect(name, TeiErrors.Instance)
{
    public override void SetHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply) => TeiReply.SetHeaders(headers, call, reply);
}
