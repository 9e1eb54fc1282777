using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Dialects;

/// <summary>Of a repeated field the last one counts, in the body and in the objects of its list.</summary>
public sealed class RepeatedFieldTests
{
    [Theory]
    [InlineData("""{"query":1,"query":"q","documents":3,"documents":["a"]}""", "a")]
    [InlineData("""{"query":"q","documents":[{"text":1,"text":"a"}]}""", "a")]
    [InlineData("""{"query":"q","documents":[{"text":"b","text":null,"content":"a"}]}""", "a")]
    [InlineData("""{"query":"q","rank_fields":["title"],"documents":[{"title":[],"title":"a"}]}""", "a")]
    public async Task The_last_one_counts(string body, string passage)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", body);

        Assert.Equal(200, answer.Status);
        Assert.Equal([passage], Assert.Single(host.Reranker.Calls).Passages);
    }

    [Theory]
    [InlineData("""{"query":"q","documents":[{"text":"a","text":1}]}""")]
    [InlineData("""{"query":"q","documents":["a"],"top_n":1,"top_n":"x"}""")]
    public async Task A_last_one_that_is_wrong_is_refused(string body)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(400, (await host.PostAsync("/v1/rerank", body)).Status);
    }
}
