using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Voyage;

/// <summary>
/// Voyage's errors: <c>detail</c> for its own clients, and the <c>error</c> object that the AI SDK's provider reads, which takes
/// <c>code</c> for a text and shows no reason at all where it is a number.
/// </summary>
internal static class VoyageErrors
{
    public static readonly IErrorFormat Instance = new CohereErrors("VoyageError", codeAsText: true);
}
