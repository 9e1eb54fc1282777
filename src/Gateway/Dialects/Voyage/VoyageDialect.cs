using Reranker.Gateway.Dialects.Cohere;

namespace Reranker.Gateway.Dialects.Voyage;

/// <summary>Voyage: strings as documents, <c>top_k</c> in, <c>data</c> out.</summary>
internal sealed class VoyageDialect() : StringDocumentsDialect("voyage", VoyageErrors.Instance, "list", "data");
