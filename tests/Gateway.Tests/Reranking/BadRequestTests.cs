using System.Text;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Reranking;

/// <summary>What is wrong with a request decides its status, its path decides the shape of the error.</summary>
public sealed class BadRequestTests
{
    public static TheoryData<string, string, int, string> Bodies => new()
    {
        // the union of all shapes, while the dialect is unknown
        { "/rerank", "", 400, "union" },
        { "/rerank", "{", 400, "union" },
        { "/rerank", "[]", 400, "union" },
        { "/rerank", "null", 400, "union" },
        { "/rerank", "\"text\"", 400, "union" },
        { "/rerank", """{"query":"q"}""", 400, "union" },
        { "/rerank", """{"query":"q","texts":["a"]} trailing""", 400, "union" },
        { "/rerank", """{"query":"q","texts":["a"],}""", 400, "union" },
        { "/rerank", """{"query":"q","texts":null}""", 400, "union" },
        // TEI
        { "/rerank", """{"texts":["a"]}""", 422, "Validation" },
        { "/rerank", """{"query":"","texts":["a"]}""", 422, "Validation" },
        { "/rerank", """{"query":7,"texts":["a"]}""", 422, "Validation" },
        { "/rerank", """{"query":"q","texts":[]}""", 400, "Empty" },
        { "/rerank", """{"query":"q","texts":"a"}""", 422, "Validation" },
        { "/rerank", """{"query":"q","texts":["a",null]}""", 422, "Validation" },
        { "/rerank", """{"query":"q","texts":[{"text":"a"}]}""", 422, "Validation" },
        { "/rerank", """{"query":"q","texts":["a"],"truncate":"maybe"}""", 422, "Validation" },
        { "/rerank", """{"query":"q","texts":["a"],"truncation_direction":"up"}""", 422, "Validation" },
        { "/rerank", """{"query":"q","texts":["a","b","c","d","e"]}""", 422, "Validation" },
        // the documents family
        { "/rerank", """{"query":"q","documents":[]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q"}""", 400, "message" },
        { "/v1/rerank", """{"query":" \n\t","documents":["a"]}""", 400, "message" },
        { "/v1/rerank", """{"query":null,"documents":["a"]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":{"content":["a"]}}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a",3]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":[{"title":"a"}]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":[{"text":["a"]}]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"top_n":-1}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"top_n":1.5}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"top_n":"many"}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"top_n":[]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"top_n":"Infinity"}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"max_tokens_per_doc":"infinity"}""", 400, "message" },

        // a field is wrong also where another one has already decided
        { "/v1/rerank", """{"query":"q","documents":["a"],"raw_scores":true,"use_activation":"x"}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"truncation_side":"left","truncation_direction":"up"}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":[{"text":"a","content":1}]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"return_documents":2}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"max_tokens_per_doc":-5}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"truncate_prompt_tokens":-2}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"rank_fields":"title"}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"model":{}}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"model":"gpt-4"}""", 404, "message" },
        { "/v2/rerank", """{"query":"q","documents":["a"],"model":"rerank-v3.5"}""", 404, "message" },
        { "/v2/rerank", """{"query":"q","documents":["a","b","c","d","e"]}""", 400, "message" },
        { "/v2/rerank", "{", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":["a"],"top_n":1,"top_k":"x"}""", 400, "message" },
        { "/v1/rerank", """{"query":{"title":"q"},"documents":["a"]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":[{"content":[]}]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":[{"content":[{"type":"text"}]}]}""", 400, "message" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_gets_a_clear_error_in_the_shape_of_its_dialect(string path, string body, int status, string shape)
    {
        await using var host = await GatewayHost.StartAsync(("MaxPassages", "4"));

        var answer = await host.PostAsync(path, body);

        Assert.Equal(status, answer.Status);
        ErrorShape.Check(answer, shape);
        Assert.False(string.IsNullOrEmpty(answer.Headers["X-Request-Id"]));
    }

    [Theory]
    [InlineData("""{"query":"q","documents":["a"],"top_n":"many"}""", "top_n")]
    [InlineData("""{"query":"q","documents":["a",["b"]]}""", "documents[1]")]
    [InlineData("""{"query":"q","documents":["a"],"raw_scores":"x"}""", "raw_scores")]
    [InlineData("""{"query":"q","documents":["a",{"content":[{"type":"image_url","text":"a"}]}]}""", "image_url")]
    [InlineData("""{"query":{"content":[{"type":"secret"}]},"documents":["a"]}""", "query.content")]
    public async Task A_wrong_type_is_reported_with_the_name_of_its_field(string body, string field)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", body);

        Assert.Equal(400, answer.Status);
        Assert.Contains($"'{field}'", answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"query":"q\ud800","documents":["\udc00 tail","ok"]}""")]
    [InlineData("""{"query":"a\u0000b","documents":["\u0000",""]}""")]
    [InlineData("""{"query":"😀\n\"\\\/","documents":["a","b"]}""")]
    [InlineData("""{"query":"first","query":"q","documents":["x"],"documents":["a","b"]}""")]
    [InlineData("""{"\u0071uery":"q","documents":["a","b"],"unknown":{"a":[1,{"b":null}]}}""")]
    [InlineData("\uFEFF{\"query\":\"q\",\"documents\":[\"a\",\"b\"]}")]
    public async Task Odd_text_is_scored(string body)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, answer.Json.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Escaped_lone_surrogates_reach_the_model_as_replacement_characters()
    {
        await using var host = await GatewayHost.StartAsync();
        byte[] body = [.. """{"query":"a\ud800b","documents":["\ud83d\ude00","\ude00("]}"""u8];

        var answer = await host.PostAsync("/rerank", body);

        Assert.Equal(200, answer.Status);
        var call = Assert.Single(host.Reranker.Calls);
        Assert.Equal("a\uFFFDb", call.Query);
        Assert.Equal(["\U0001F600", "\uFFFD("], call.Passages);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        await using var host = await GatewayHost.StartAsync();
        byte[] body = [.. """{"query":"q","documents":["""u8, (byte)'"', 0xC3, 0x28, (byte)'"', .. "]}"u8];

        var answer = await host.PostAsync("/v1/rerank", body);

        Assert.Equal(400, answer.Status);
        ErrorShape.Check(answer, "message");
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("nonsense")]
    public async Task Any_content_type_is_read_as_json(string contentType)
    {
        await using var host = await GatewayHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rerank")
        {
            Content = new ByteArrayContent("""{"query":"q","texts":["a"]}"""u8.ToArray()),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        Assert.Equal(200, (await host.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_above_the_limit_is_413_whether_its_length_is_announced_or_not(bool isChunked)
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "1000"));
        var body = Encoding.UTF8.GetBytes("{\"query\":\"q\",\"documents\":[\"" + new string('a', 2000) + "\"]}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rerank") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = isChunked;

        var answer = await host.SendAsync(request);

        Assert.Equal(413, answer.Status);
        ErrorShape.Check(answer, "message");
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_sends_all_of_a_body_that_is_refused_sees_why_and_keeps_its_connection(bool isChunked)
    {
        // More than a socket takes ahead: a server that closed the connection would break off the sending.
        const int Length = 16_000_000;
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "1000000"), ("MaxConcurrentRequests", "1"));
        using var caller = host.Connect();
        for (var i = 0; i < 2; i++)
        {
            await caller.SendAsync("POST /v1/rerank HTTP/1.1\r\nHost: gateway\r\n"
                + (isChunked ? $"Transfer-Encoding: chunked\r\n\r\n{Length:x}\r\n" : $"Content-Length: {Length}\r\n\r\n"));
            await caller.SendAsync([.. Enumerable.Repeat((byte)' ', Length)]);
            await caller.SendAsync(isChunked ? "\r\n0\r\n\r\n" : "");
            Assert.Equal(413, (await caller.ReceiveAsync()).Status);
        }
    }

    [Fact]
    public async Task One_document_more_than_the_wire_allows_is_refused_before_anything_is_scored()
    {
        await using var host = await GatewayHost.StartAsync();
        var documents = string.Join(',', Enumerable.Repeat("\"\"", Limits.MaxPassages + 1));

        var answer = await host.PostAsync("/v1/rerank", $$"""{"query":"q","documents":[{{documents}}]}""");

        Assert.Equal(400, answer.Status);
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("Infinity")]
    [InlineData("NaN")]
    public async Task A_deadline_that_is_no_positive_number_is_400(string deadline)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", """{"query":"q","documents":["a"]}""", ("X-Request-Timeout-Ms", deadline));

        Assert.Equal(400, answer.Status);
    }

    [Fact]
    public async Task No_text_of_a_request_reaches_the_log()
    {
        await using var host = await GatewayHost.StartAsync(("ApiKeys:0:Tenant", "t"), ("ApiKeys:0:Key", "secret-secret-secret"));
        (string, string)[] key = [("Authorization", "Bearer secret-secret-secret")];

        await host.PostAsync("/v1/rerank", """{"query":"classified","documents":["classified"],"rank_fields":["classified",1]}""", key);
        await host.PostAsync("/v1/rerank", """{"query":"classified","documents":["classified",classified]}""", key);
        host.Reranker.Script = _ => throw new InvalidOperationException("defect");
        var defect = await host.PostAsync("/v1/rerank", """{"query":"classified","documents":["classified"]}""", key);

        Assert.Equal(500, defect.Status);
        Assert.Contains(host.Logs.Messages, static message => message.Contains("defect", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.Messages, static message =>
            message.Contains("classified", StringComparison.Ordinal) || message.Contains("secret-", StringComparison.Ordinal));
    }
}
