using System.Text;
using System.Text.Json;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.ApiDocs;

/// <summary>The description of the paths, held against the paths themselves and against what they answer.</summary>
public sealed class ApiDocumentTests
{
    private const string AdminKey = "0123456789abcdef";

    // The pages and the document itself: what they are is seen by opening them.
    private static readonly string[] Undescribed = ["/playground", "/docs", "/openapi.json", "/api-doc/openapi.json", "/pages/{file}"];

    [Fact]
    public async Task Every_path_of_the_gateway_is_described_and_no_other()
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", AdminKey));
        var document = await ReadAsync(host);

        var mapped = host.Services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is null && !Undescribed.Contains(endpoint.RoutePattern.RawText))
            .SelectMany(static endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Where(static method => method != "HEAD")
                .Select(method => $"{method} {endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal)}"));

        var described = document.Paths.SelectMany(static path => path.Value.Operations!.Keys.Select(method => $"{method.Method} {path.Key}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.True(document.Paths.Count > 60);
    }

    [Fact]
    public async Task The_document_is_valid_and_every_reference_in_it_leads_somewhere()
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", AdminKey));
        var json = await host.GetAsync("/openapi.json");

        var (document, diagnostic) = await ParseAsync(json.Body);

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic.SpecificationVersion);
        Assert.DoesNotContain(FindReferences(json.Json), reference => !Exists(json.Json, reference));
        Assert.Equal("application/json", json.Headers["Content-Type"]);
        Assert.Equal(json.Body, (await host.GetAsync("/api-doc/openapi.json")).Body);
        var operations = document!.Paths.Values.SelectMany(static path => path.Operations!.Values).ToArray();
        Assert.Equal(operations.Length, operations.Select(static operation => operation.OperationId).Distinct().Count());
        Assert.All(operations, operation =>
        {
            Assert.NotEmpty(operation.Summary!);
            Assert.NotEmpty(operation.Description!);
            Assert.NotEmpty(operation.Responses!);
            Assert.All(operation.Tags!, tag => Assert.Contains(document.Tags!, known => known.Name == tag.Name));
        });
    }

    [Fact]
    public async Task Every_scoring_path_answers_its_own_examples_as_it_says()
    {
        await using var host = await GatewayHost.StartAsync(("ModelAliases:*", ""));
        var document = (await host.GetAsync("/openapi.json")).Json;

        // What takes lines answers with lines; its own tests read them.
        foreach (var path in host.ScoringPaths.Where(static p => !p.EndsWith("/batch", StringComparison.Ordinal)))
        {
            var operation = FindOperation(document, path);
            var reply = operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json");
            var examples = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");
            Assert.NotEmpty(examples.EnumerateObject());
            foreach (var example in examples.EnumerateObject())
            {
                var answer = await host.PostAsync(path, example.Value.GetProperty("value").GetRawText());

                Assert.True(answer.Status == 200, $"{path}, {example.Name}: {answer.Body}");
                new SchemaCheck(document).AssertFits(reply.GetProperty("schema"), answer.Json, path);
                new SchemaCheck(document).AssertFits(reply.GetProperty("schema"), reply.GetProperty("examples").GetProperty(example.Name).GetProperty("value"), path);
            }
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"query":"q","texts":[],"documents":[],"passages":[],"inputs":[],"text_1":[],"text_2":[]}""")]
    [InlineData("""{"query":"q","documents":["a"],"passages":["a"],"text_1":"q","text_2":"a","model":"none"}""")]
    public async Task Every_error_of_a_scoring_path_is_one_that_it_describes(string body)
    {
        await using var host = await GatewayHost.StartAsync();
        var document = (await host.GetAsync("/openapi.json")).Json;

        foreach (var path in host.ScoringPaths)
        {
            var answer = await host.PostAsync(path, body);
            if (answer.Status == 200)
            {
                continue;
            }

            Assert.True(FindOperation(document, path).GetProperty("responses").TryGetProperty($"{answer.Status}", out var response), $"{path}: {answer.Status}");
            new SchemaCheck(document).AssertFits(response.GetProperty("content").GetProperty("application/json").GetProperty("schema"), answer.Json, path);
        }
    }

    [Fact]
    public void Every_kind_of_error_has_a_sentence()
    {
        var responses = new System.Text.Json.Nodes.JsonObject();
        ErrorResponses.AddResponses(responses, [new Gateway.Routing.SharedPathErrors()]);

        Assert.NotEmpty(responses);
        Assert.All(Enum.GetNames<GatewayErrorKind>(), kind => Assert.DoesNotContain($"\"{kind}", responses.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_admin_key_the_admin_paths_are_no_part_of_it()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.DoesNotContain("\"/admin", (await host.GetAsync("/openapi.json")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_dialect_changes_what_the_bare_paths_say()
    {
        await using var host = await GatewayHost.StartAsync(("DefaultDialect", "Voyage"));
        var document = (await host.GetAsync("/openapi.json")).Json;

        Assert.Contains("VoyageReply", FindOperation(document, "/v1/rerank").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("DocumentsReply", FindOperation(document, "/v2/rerank").GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<OpenApiDocument> ReadAsync(GatewayHost host) => (await ParseAsync((await host.GetAsync("/openapi.json")).Body)).Document!;

    private static async Task<ReadResult> ParseAsync(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return await OpenApiDocument.LoadAsync(stream, "json", cancellationToken: TestContext.Current.CancellationToken);
    }

    // Names of scoring paths have no braces: a parameter is called by its own name there.
    private static JsonElement FindOperation(JsonElement document, string path) => document.GetProperty("paths").EnumerateObject()
        .Single(item => item.Name.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal) == path).Value.GetProperty("post");

    private static IEnumerable<string> FindReferences(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static field =>
            field.Name == "$ref" && field.Value.ValueKind == JsonValueKind.String ? [field.Value.GetString()!] : FindReferences(field.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(FindReferences),
        _ => [],
    };

    private static bool Exists(JsonElement document, string reference) =>
        reference[2..].Split('/').Aggregate((JsonElement?)document, static (part, name) => part?.TryGetProperty(name, out var found) == true ? found : null) is not null;
}
