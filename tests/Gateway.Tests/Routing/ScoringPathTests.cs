using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Routing;

/// <summary>What holds on every path that scores, whatever its dialect.</summary>
public sealed class ScoringPathTests
{
    [Fact]
    public async Task Every_path_has_a_limit_of_its_body_and_a_deadline()
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "200"));

        foreach (var path in host.ScoringPaths)
        {
            var large = await host.PostAsync(path, new string('x', 300));
            var late = await host.PostAsync(path, "{}", ("X-Request-Timeout-Ms", "soon"));
            var broken = await host.PostAsync(path, "{");

            Assert.True(HasStatus(large, 413), $"{path}: {large.Status}");
            Assert.True(late.Status is 400 or 422, $"{path}: {late.Status}");
            Assert.Contains("X-Request-Timeout-Ms", late.Body, StringComparison.Ordinal);
            Assert.True(HasStatus(broken, 400), $"{path}: {broken.Status}");
        }

        Assert.Empty(host.Reranker.Calls);
        Assert.Equal(0, host.HeldBytes);
    }

    // A body of many requests has a status for each.
    private static bool HasStatus(Answer answer, int status) =>
        answer.Status == status || (answer.Status == 200 && answer.Body.Contains($"\"status\":{status},", StringComparison.Ordinal));
}
