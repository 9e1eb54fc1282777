using System.Text;
using CsCheck;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Http;

/// <summary>No body, whatever its bytes, is answered with a server error.</summary>
public sealed class HostileBodyTests
{
    private static readonly string[] Paths = ["/rerank", "/v1/rerank", "/v2/rerank"];

    private static readonly string[] Fields =
    [
        "query", "texts", "documents", "model", "top_n", "return_documents", "return_text", "raw_scores", "truncate", "truncation",
        "truncation_direction", "truncation_side", "truncate_prompt_tokens", "max_tokens_per_doc", "max_tokens_per_query",
        "rank_fields", "use_activation", "max_chunks_per_doc",
    ];

    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-1", "1e999", "-0.0", "99999999999999999999", "1.5", "\"\"", "\"true\"", "\" \"", "\"1e400\"", "\"NaN\"",
        "\"\\ud800\"", "\"\\u0000\"", "\"a\"", "[]", "{}", "[null]", "[[]]", "[{}]", "[\"a\",\"b\"]", "{\"text\":\"a\"}", "[{\"text\":null}]",
        "[{\"text\":\"a\",\"text\":1}]", "[\"\\udfff\"]",
    ];

    private static readonly Gen<string> Value = OneOf(Scalars);

    private static readonly Gen<string> Request = Gen.Select(OneOf(Fields), Value).Array[0, 8]
        .Select(static fields => "{" + string.Join(',', new[] { "\"query\":\"q\"", "\"documents\":[\"a\"]" }
            .Concat(fields.Select(static field => $"\"{field.Item1}\":{field.Item2}"))) + "}");

    [Fact]
    public async Task Any_bytes_get_a_reply_below_500()
    {
        await using var host = await GatewayHost.StartAsync();

        await Gen.Select(OneOf(Paths), Gen.Byte.Array[0, 300])
            .SampleAsync(async (path, bytes) => await IsAnsweredAsync(host, path, bytes), iter: 300, threads: 2);
    }

    [Fact]
    public async Task Any_value_in_any_field_gets_a_reply_below_500()
    {
        await using var host = await GatewayHost.StartAsync();

        await Gen.Select(OneOf(Paths), Request)
            .SampleAsync(async (path, body) => await IsAnsweredAsync(host, path, Encoding.UTF8.GetBytes(body)), iter: 1500, threads: 2);
    }

    [Fact]
    public async Task A_good_body_with_one_byte_changed_gets_a_reply_below_500()
    {
        await using var host = await GatewayHost.StartAsync();
        var good = Encoding.UTF8.GetBytes("""{"query":"a\u00e9\n","documents":["x",{"text":"é😀"}],"top_n":1,"return_documents":true}""");

        await Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte)
            .SampleAsync(
                async (position, value) =>
                {
                    var body = (byte[])good.Clone();
                    body[position] = value;
                    return await IsAnsweredAsync(host, "/rerank", body);
                },
                iter: 500,
                threads: 2);
    }

    [Fact]
    public async Task Nesting_deeper_than_the_limit_is_400()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", "{\"query\":" + new string('[', 100_000));

        Assert.Equal(400, answer.Status);
    }

    [Fact]
    public async Task Very_many_fields_are_400()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", "{" + string.Join(',', Enumerable.Range(0, 2000).Select(static i => $"\"f{i}\":1")) + "}");

        Assert.Equal(400, answer.Status);
    }

    private static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static async Task<bool> IsAnsweredAsync(GatewayHost host, string path, byte[] body)
    {
        var answer = await host.PostAsync(path, body);
        return answer.Status is 200 or (>= 400 and < 500) && answer.Json.ValueKind != System.Text.Json.JsonValueKind.Undefined;
    }
}
