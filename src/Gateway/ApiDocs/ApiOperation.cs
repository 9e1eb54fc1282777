using System.Text.Json.Nodes;
using Reranker.Gateway.Dialects;

namespace Reranker.Gateway.ApiDocs;

/// <summary>
/// What the description of the paths says of an endpoint, which carries it as metadata. Bodies are read by hand here, so no type
/// tells what they are; the parts do, and tests hold real bodies against them.
/// </summary>
internal sealed class ApiOperation
{
    private readonly Func<ApiParts, JsonObject> _create;

    private ApiOperation(Func<ApiParts, JsonObject> create) => _create = create;

    /// <summary>A scoring path, from the dialects that it speaks.</summary>
    public static ApiOperation FromDialects(DialectSet dialects) => new(parts => ScoringOperation.Create(parts, dialects));

    /// <summary>Any other path, by the name of its part in <c>operations.json</c>.</summary>
    public static ApiOperation FromName(string name) => new(parts => parts.CopyOperation(name));

    /// <summary>The operation in OpenAPI's form.</summary>
    public JsonObject CreateOperation(ApiParts parts) => _create(parts);
}
