using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Reranker.Client;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Requests;
using Reranker.TestKit;

namespace Reranker.Gateway.Tests.Http;

public sealed class MemoryBudgetTests
{
    private const string Body = """{"query":"q","documents":["a"]}""";

    [Fact]
    public async Task Bodies_beyond_the_memory_of_all_bodies_are_refused_and_finished_ones_give_theirs_back()
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "1000"), ("MaxBodyBytesInFlight", "1000"));
        var budget = host.Services.GetRequiredService<ByteBudget>();
        using (var other = budget.OpenLease(""))
        {
            Assert.True(other.TryGrow(990));
            Assert.Equal(503, (await host.PostAsync("/v1/rerank", Body)).Status);
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(200, (await host.PostAsync("/v1/rerank", Body)).Status);
            Assert.Equal(400, (await host.PostAsync("/v1/rerank", Body[..^1])).Status);
        }

        await Until.TrueAsync(() => budget.Held == 0);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("\\u0041")]
    [InlineData("ü")]
    public async Task What_a_request_holds_is_counted_until_its_reply(string letter)
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "1000000"), ("MaxBodyBytesInFlight", "3000000"));
        var body = $$"""{"query":"q","return_documents":true,"documents":["{{string.Concat(Enumerable.Repeat(letter, 800_000 / Encoding.UTF8.GetByteCount(letter)))}}"]}""";
        var answer = new TaskCompletionSource<RerankResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Reranker.Script = cancellationToken =>
        {
            host.Reranker.Script = null;
            started.SetResult();
            return answer.Task.WaitAsync(cancellationToken);
        };
        var first = host.PostAsync("/v1/rerank", body);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        // Its text is twice its bytes in memory, where those are ASCII, and the reply repeats it.
        Assert.True(host.HeldBytes >= body.Length, $"{host.HeldBytes} bytes are counted.");
        var refused = await host.PostAsync("/v1/rerank", body);
        Assert.Equal(503, refused.Status);
        Assert.Equal("1", refused.Headers["Retry-After"]);

        answer.SetResult(new RerankResponse { Outcome = RerankOutcome.Unavailable, Error = "scripted" });
        Assert.Equal(503, (await first).Status);
        Assert.Equal(200, (await host.PostAsync("/v1/rerank", body)).Status);
        await Until.TrueAsync(() => host.HeldBytes == 0);
    }
}
