using System.Text.Json.Nodes;
using Reranker.Gateway.Dialects;

namespace Reranker.Gateway.ApiDocs;

/// <summary>Describes a scoring path: what its dialects take and give, and the errors that their formats have.</summary>
internal static class ScoringOperation
{
    private const string SharedTag = "Any dialect";
    private static readonly string[] RequestHeaders = ["request-id", "timeout", "max-chunks", "chunk-overlap", "chunk-at-sentences"];

    private static readonly string[] ReplyHeaders =
        ["X-Request-Id", "X-Reranker-Model", "X-Reranker-Truncated", "X-Reranker-Chunked", "Server-Timing"];

    public static JsonObject Create(ApiParts parts, DialectSet dialects)
    {
        var candidates = dialects.Candidates.Select(dialect => parts.CopyDialect(dialect.Name)).ToArray();
        var isShared = candidates.Length > 1;
        var responses = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = "The scores, whole.",
                ["headers"] = new JsonObject(ReplyHeaders.Select(static name => CreateEntry(name, CreateReference("headers", name)))),
                ["content"] = CreateContent(candidates, "reply"),
            },
        };
        ErrorResponses.AddResponses(responses, dialects.Candidates.Select(static dialect => dialect.Errors).Prepend(dialects.Errors));
        return new JsonObject
        {
            ["tags"] = new JsonArray(isShared ? SharedTag : (string?)candidates[0]["tag"]),
            ["summary"] = JoinSummaries([.. candidates.Select(static candidate => (string)candidate["summary"]!).Distinct()]),
            ["description"] = string.Join("\n\n", candidates.Select(static candidate => (string?)candidate["description"]).Distinct()),
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }, new JsonObject()),
            ["parameters"] = new JsonArray([.. RequestHeaders.Select(static name => CreateReference("parameters", name))]),
            ["requestBody"] = new JsonObject { ["required"] = true, ["content"] = CreateContent(candidates, "request") },
            ["responses"] = responses,
        };
    }

    private static string JoinSummaries(string[] summaries) =>
        string.Join(", or ", summaries.Select(static (summary, index) => index == 0 ? summary : char.ToLowerInvariant(summary[0]) + summary[1..]));

    private static JsonObject CreateContent(JsonObject[] candidates, string side) => new()
    {
        ["application/json"] = new JsonObject
        {
            ["schema"] = ErrorResponses.CreateChoice(candidates.Select(candidate => (string)candidate[side]!)),
            ["examples"] = new JsonObject(candidates.Select(candidate => CreateEntry(
                (string)candidate["name"]!, new JsonObject { ["summary"] = (string?)candidate["summary"], ["value"] = candidate["example"]![side]!.DeepClone() }))),
        },
    };

    private static KeyValuePair<string, JsonNode?> CreateEntry(string name, JsonNode value) => new(name, value);

    private static JsonObject CreateReference(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };
}
