using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Dialects;

public sealed class KServeTests
{
    private const string Path = $"/v2/models/{ScriptedReranker.Model}/infer";
    private const string TextLength = "Inference-Header-Content-Length";

    [Fact]
    public async Task Texts_as_json_become_scores_as_json()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync(
            Path,
            """
            {"id":"7","parameters":{"truncate":false,"other":[1]},
             "inputs":[{"name":"query","shape":[1],"datatype":"BYTES","data":["q"]},
                       {"data":[["a"],["aaa"]],"name":"passages","shape":[2,1],"datatype":"BYTES","extra":{}}]}
            """);

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"model_name":"bge-reranker-v2-m3","model_version":"abc123","id":"7","outputs":["""
            + """{"name":"scores","datatype":"FP32","shape":[2,1],"data":[0.2890505,0.33181223]},"""
            + """{"name":"logits","datatype":"FP32","shape":[2,1],"data":[-0.9,-0.7]}]}""",
            answer.Body);
        var call = Assert.Single(host.Reranker.Calls);
        Assert.Equal(("q", ScriptedReranker.Model, false), (call.Query, call.Options.Model, call.Options.Truncation!.Allowed));
    }

    [Fact]
    public async Task The_outputs_that_are_asked_for_come_back_alone()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync(Path, CreateJson(",\"outputs\":[{\"name\":\"logits\"}]"));

        Assert.Equal("logits", Assert.Single(answer.Json.GetProperty("outputs").EnumerateArray()).GetProperty("name").GetString());
        Assert.False(answer.Json.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task Bytes_behind_the_json_are_read_and_written()
    {
        await using var host = await GatewayHost.StartAsync();
        byte[] query = Element("q"), passages = [.. Element("a"), .. Element("aäa")];
        var json = Encoding.UTF8.GetBytes(
            $$$"""
            {"inputs":[{"name":"query","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":{{{query.Length}}}}},
                       {"name":"passages","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":{{{passages.Length}}}}}],
             "outputs":[{"name":"scores"},{"name":"logits","parameters":{"binary_data":true}}]}
            """);
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent([.. json, .. query, .. passages]) };
        request.Headers.Add(TextLength, json.Length.ToString(CultureInfo.InvariantCulture));

        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["a", "aäa"], Assert.Single(host.Reranker.Calls).Passages);
        var length = int.Parse(response.Headers.GetValues(TextLength).Single(), CultureInfo.InvariantCulture);
        using var reply = System.Text.Json.JsonDocument.Parse(body.AsMemory(0, length));
        var logits = reply.RootElement.GetProperty("outputs")[1];
        Assert.Equal(8, logits.GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.False(logits.TryGetProperty("data", out _));
        Assert.Equal(ScriptedReranker.LogitOf("a"), BinaryPrimitives.ReadSingleLittleEndian(body.AsSpan(length)));
        Assert.Equal(ScriptedReranker.LogitOf("aäa"), BinaryPrimitives.ReadSingleLittleEndian(body.AsSpan(length + 4)));
        Assert.Equal(length + 8, body.Length);
    }

    [Theory]
    [InlineData("\"a\"", "[1]", "[2]", "a list of strings")]
    [InlineData("[1]", "[1]", "[2]", "a list of strings")]
    [InlineData("[[[[[[[[[\"a\"]]]]]]]]]", "[1]", "[2]", "a list of strings")]
    [InlineData("[\"a\"]", "[2]", "[2]", "as many elements as its shape")]
    [InlineData("[\"a\"]", "[]", "[2]", "as many elements as its shape")]
    [InlineData("[\"a\"]", "[-1]", "[2]", "a whole number from 0")]
    [InlineData("[\"a\"]", "[1,1,1,1,1,1,1,1,1]", "[2]", "dimensions")]
    [InlineData("[\" \"]", "[1]", "[2]", "'query' must not be empty")]
    [InlineData("[\"a\",\"b\",\"c\"]", "[3]", "[2]", "one element, or as many as 'passages'")]
    [InlineData("null", "[1]", "[2]", "no 'data'")]
    public async Task A_tensor_that_is_wrong_is_named(string data, string shape, string passages, string reason)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync(Path, CreateJson("", data, shape, passages));

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Single(answer.Json.EnumerateObject());
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("x")]
    [InlineData("99999")]
    [InlineData("3")]
    public async Task A_length_of_the_json_that_is_wrong_is_refused(string length)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(400, (await host.PostAsync(Path, CreateJson(""), (TextLength, length))).Status);
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 0, 0, 0, 97 }, "must have 'binary_data_size' bytes")]
    [InlineData(-1, new byte[] { 1, 0, 0, 0, 97 }, "more bytes")]
    [InlineData(0, new byte[] { 2, 0, 0, 0, 97 }, "each behind its length")]
    [InlineData(0, new byte[] { 1, 0, 0 }, "each behind its length")]
    [InlineData(0, new byte[] { 255, 255, 255, 255, 97 }, "each behind its length")]
    [InlineData(0, new byte[] { 1, 0, 0, 0, 255 }, "UTF-8")]
    public async Task Bytes_that_are_no_elements_are_refused(int more, byte[] bytes, string reason)
    {
        await using var host = await GatewayHost.StartAsync();
        var size = Math.Max(0, bytes.Length + more);
        var json = Encoding.UTF8.GetBytes(
            $$$"""{"inputs":[{"name":"query","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":{{{(more < 0 ? 0 : size)}}}}}]}""");

        var answer = await host.PostAsync(Path, [.. json, .. bytes], (TextLength, json.Length.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_path_names_a_model_or_its_version_and_an_unknown_one_is_not_found()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(200, (await host.PostAsync($"/v2/models/any/versions/{ScriptedReranker.Identity}/infer", CreateJson(""))).Status);
        Assert.Equal(ScriptedReranker.Identity, host.Reranker.Calls.Single().Options.Model);
        Assert.Equal(404, (await host.PostAsync("/v2/models/some/other/infer", CreateJson(""))).Status);
        Assert.Equal("some/other", host.Reranker.Calls.Last().Options.Model);
    }

    [Fact]
    public async Task Server_and_models_tell_what_they_are()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal("""{"live":true}""", (await host.GetAsync("/v2/health/live")).Body);
        Assert.Equal("""{"ready":true}""", (await host.GetAsync("/v2/health/ready")).Body);
        Assert.Equal("binary_tensor_data", (await host.GetAsync("/v2")).Json.GetProperty("extensions")[0].GetString());
        Assert.Equal(
            """{"name":"bge-reranker-v2-m3","versions":["abc123"],"platform":"reranker","inputs":[{"name":"query","datatype":"BYTES","shape":[-1]},"""
            + """{"name":"passages","datatype":"BYTES","shape":[-1]}],"outputs":[{"name":"scores","datatype":"FP32","shape":[-1]},"""
            + """{"name":"logits","datatype":"FP32","shape":[-1]}]}""",
            (await host.GetAsync($"/v2/models/{ScriptedReranker.Model}")).Body);
        Assert.Equal("""{"name":"bge-reranker-v2-m3","ready":true}""", (await host.GetAsync($"/v2/models/{ScriptedReranker.Model}/versions/abc123/ready")).Body);
        var unknown = await host.GetAsync("/v2/models/some/other/ready");
        Assert.Equal(404, unknown.Status);
        Assert.Single(unknown.Json.EnumerateObject());
        Assert.Equal(404, (await host.GetAsync("/v2/models")).Status);
    }

    [Fact]
    public async Task Models_need_a_key_and_probes_do_not()
    {
        await using var host = await GatewayHost.StartAsync(("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", "key-of-a-0123456789"));

        foreach (var path in (string[])["/v2", "/v2/models/m", "/v2/models/m/ready", "/v2/models/v/m/versions/1", "/v2/models/v/m/versions/1/ready"])
        {
            Assert.Equal(401, (await host.GetAsync(path)).Status);
        }

        Assert.Equal(200, (await host.GetAsync("/v2/health/ready")).Status);
    }

    private static string CreateJson(string more, string query = "[\"q\"]", string shape = "[1]", string passages = "[2]") =>
        $$$"""
        {"inputs":[{"name":"query","shape":{{{shape}}},"datatype":"BYTES","data":{{{query}}}},
                   {"name":"passages","shape":{{{passages}}},"datatype":"BYTES","data":["a","aaa"]}]{{{more}}}}
        """;

    private static byte[] Element(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return [.. length, .. bytes];
    }
}
