using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Dialects.Infinity;
using Reranker.Gateway.Dialects.Nim;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Dialects.Vllm;
using Reranker.Gateway.Dialects.Voyage;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Routing;

/// <summary>
/// The dialects of paths that several servers have. A body shows by its lists which server its client is for, but for
/// <c>documents</c>, which five of them have: there the configured one counts.
/// </summary>
internal sealed class BareDialects
{
    private readonly IRerankDialect _documents;

    public BareDialects(DefaultDialect preferred)
    {
        _documents = preferred switch
        {
            DefaultDialect.Cohere => new CohereDialect("cohere-v1", "1"),
            DefaultDialect.Vllm => new VllmRerankDialect(),
            DefaultDialect.Infinity => new InfinityDialect(),
            DefaultDialect.Voyage => new VoyageDialect(),
            _ => new CohereDialect("jina", "1"),
        };
        var errors = FindErrors(preferred);
        TextsOrDocuments = new DialectSet(
            errors, GatewayError.CreateInvalid("'documents' or 'texts' is missing.", CohereRequest.Passages), new TeiDialect(), _documents);
        PassagesOrDocuments = new DialectSet(
            NimErrors.Instance, GatewayError.CreateInvalid("'passages' or 'documents' is missing.", NimRequest.Passages), new NimDialect(), _documents);

        // Scores come before documents: a side of theirs may have that name.
        Any = new DialectSet(
            errors,
            GatewayError.CreateInvalid("'texts', 'documents', 'passages', 'inputs', or 'text_1' and 'text_2', are missing."),
            new TeiDialect(),
            new TeiPredictDialect(),
            new VllmScoreDialect(),
            new NimDialect(),
            _documents);
        FirstVersion = new DialectSet(preferred is DefaultDialect.Superset or DefaultDialect.Tei or DefaultDialect.Nim ? new CohereDialect("cohere-v1", "1") : _documents);
        SecondVersion = new DialectSet(preferred == DefaultDialect.Vllm ? _documents : new CohereDialect("cohere-v2", "2"));
    }

    /// <summary>TEI's <c>texts</c>, or documents.</summary>
    public DialectSet TextsOrDocuments { get; }

    /// <summary>NIM's <c>passages</c>, or documents, as llama.cpp's server has them on the same paths.</summary>
    public DialectSet PassagesOrDocuments { get; }

    /// <summary>Every body: TEI and vLLM take what their model can do at <c>/</c> or <c>/invocations</c>.</summary>
    public DialectSet Any { get; }

    /// <summary>Documents at a first version, Cohere's where nothing else is configured.</summary>
    public DialectSet FirstVersion { get; }

    /// <summary>Documents at a second version, which Cohere and vLLM have.</summary>
    public DialectSet SecondVersion { get; }

    private static IErrorFormat FindErrors(DefaultDialect preferred) => preferred switch
    {
        DefaultDialect.Superset => new SharedPathErrors(),
        DefaultDialect.Tei => TeiErrors.Instance,
        DefaultDialect.Nim => NimErrors.Instance,
        _ => CohereErrors.Instance,
    };
}
