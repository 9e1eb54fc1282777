namespace Reranker.Client.Drills;

/// <summary>A client of npm, and what its user sees.</summary>
/// <param name="Name">Name of its module in <c>npm/clients</c>.</param>
/// <param name="Path">Path that it calls to rerank.</param>
/// <param name="ReturnsDocuments">Whether what it gives its user has the documents.</param>
/// <param name="SendsHeaders">Whether its user can add headers to a call.</param>
/// <param name="WrongKey">Class of the error of a wrong key.</param>
/// <param name="BadRequest">Class of the error of a request that cannot be answered.</param>
/// <param name="Late">Classes of the error of a deadline that was too short, whatever it found: no time to begin with, or none left.</param>
internal sealed record NpmClient(
    string Name, string Path, bool ReturnsDocuments, bool SendsHeaders, string WrongKey, string BadRequest, params string[] Late)
{
    /// <summary>Whether it waits before another attempt as long as <c>Retry-After</c> says, and not as long as it likes.</summary>
    public bool WaitsAsTold { get; init; } = true;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NpmClient> All { get; } =
    [
        new("cohere-v1", "/v1/rerank", true, true, "UnauthorizedError", "BadRequestError", "ServiceUnavailableError", "GatewayTimeoutError"),
        new("cohere-v2", "/v2/rerank", false, true, "UnauthorizedError", "BadRequestError", "ServiceUnavailableError", "GatewayTimeoutError"),
        new("langchain-cohere", "/v1/rerank", true, false, "UnauthorizedError", "BadRequestError"),

        // Its cohere-ai is 7.14, which does not read the header yet.
        new("llamaindex-cohere", "/v1/rerank", true, false, "UnauthorizedError", "BadRequestError") { WaitsAsTold = false },
        new("ai-sdk-cohere", "/v2/rerank", true, true, "APICallError", "APICallError", "RetryError"),
        new("ai-sdk-voyage", "/voyage/v1/rerank", true, true, "APICallError", "APICallError", "RetryError"),
        new("voyageai", "/voyage/v1/rerank", true, true, "VoyageAIError", "VoyageAIError", "VoyageAIError"),
        new("openai", "/v1/rerank", true, true, "AuthenticationError", "BadRequestError", "InternalServerError"),
        new("together-ai", "/v1/rerank", true, true, "AuthenticationError", "BadRequestError", "InternalServerError"),
    ];

    /// <summary>Names of all.</summary>
    public static TheoryData<string> Names => [.. All.Select(static c => c.Name)];

    /// <summary>Names of those that a condition holds for.</summary>
    public static TheoryData<string> FindNames(Func<NpmClient, bool> condition) => [.. All.Where(condition).Select(static c => c.Name)];

    /// <summary>The one of a name.</summary>
    public static NpmClient Find(string name) => All.Single(c => c.Name == name);
}
