using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Reranker.Gateway.ApiDocs;

/// <summary>The OpenAPI document of this process: every path that it really has and that carries an <see cref="ApiOperation"/>.</summary>
internal sealed partial class ApiDocument(IServiceProvider services)
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string Version = typeof(ApiDocument).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    // Written when it is first asked for: paths are mapped until the server starts, and never after.
    private readonly Lazy<byte[]> _json = new(() => WriteDocument(services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints)));

    /// <summary>The document as JSON.</summary>
    public ReadOnlyMemory<byte> Json => _json.Value;

    private static byte[] WriteDocument(IEnumerable<Endpoint> endpoints)
    {
        var parts = new ApiParts();
        var document = parts.CopyDocument();
        document["info"]!["version"] = Version;
        var paths = new JsonObject();
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<ApiOperation>() is { } operation)
            {
                AddPath(paths, endpoint, operation, parts);
            }
        }

        document["paths"] = paths;
        return JsonSerializer.SerializeToUtf8Bytes(document, Format);
    }

    private static void AddPath(JsonObject paths, RouteEndpoint endpoint, ApiOperation operation, ApiParts parts)
    {
        var path = FindPath(endpoint.RoutePattern);
        var item = paths[path]?.AsObject();
        if (item is null)
        {
            paths[path] = item = [];
            if (endpoint.RoutePattern.Parameters.Count > 0)
            {
                item["parameters"] = new JsonArray(
                    [.. endpoint.RoutePattern.Parameters.Select(static parameter => new JsonObject { ["$ref"] = $"#/components/parameters/path-{parameter.Name}" })]);
            }
        }

        foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Where(static method => !HttpMethods.IsHead(method)))
        {
            var name = method.ToLowerInvariant();
            var described = operation.CreateOperation(parts);
            described["operationId"] = $"{name}{NotInNames().Replace(path, "_")}";
            item[name] = described;
        }
    }

    private static string FindPath(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(static segment =>
        string.Concat(segment.Parts.Select(static part => part switch
        {
            RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            RoutePatternLiteralPart literal => literal.Content,
            _ => "",
        }))));

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotInNames();
}
