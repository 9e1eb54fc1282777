using Microsoft.Extensions.DependencyInjection;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Http;

public sealed class MemoryBudgetTests
{
    private const string Body = """{"query":"q","documents":["a"]}""";

    [Fact]
    public async Task Bodies_beyond_the_memory_of_all_bodies_are_refused_and_finished_ones_give_theirs_back()
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "1000"), ("MaxBodyBytesInFlight", "1000"));
        var budget = host.Services.GetRequiredService<ByteBudget>();

        Assert.True(budget.TryTake(990));
        Assert.Equal(503, (await host.PostAsync("/v1/rerank", Body)).Status);
        budget.Return(990);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(200, (await host.PostAsync("/v1/rerank", Body)).Status);
            Assert.Equal(400, (await host.PostAsync("/v1/rerank", Body[..^1])).Status);
        }

        Assert.True(budget.TryTake(1000));
    }
}
