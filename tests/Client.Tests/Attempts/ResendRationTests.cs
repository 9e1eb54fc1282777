using Reranker.Client.Tests.Fakes;
using Reranker.Fleet;

namespace Reranker.Client.Tests.Attempts;

/// <summary>Requests without an answer are sent again as far as the client's budget goes.</summary>
public sealed class ResendRationTests : IDisposable
{
    private const int Requests = 100;
    private const int Tokens = 20_000;
    private static readonly FleetHint Hint = new() { TokensPerSecond = 1_000_000, ReadyWorkers = 1, TokensPerCharacter = 1 };
    private readonly ClientHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Where_every_silo_is_slow_to_work_and_to_say_so_requests_are_not_multiplied()
    {
        await _host.LearnHintAsync(Hint);
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Grains.OnRerank = async (_, request, token) =>
        {
            await answers.Task.WaitAsync(token);
            return ScriptedGrains.Ok(request);
        };
        var pending = Enumerable.Range(0, Requests).Select(_ => SendAsync()).ToArray();
        await _host.CallsAsync(1 + Requests);

        // Nine seconds: each request would have been sent six times.
        for (var tenth = 0; tenth < 90; tenth++)
        {
            _host.Time.Advance(TimeSpan.FromMilliseconds(100));
            for (var i = 0; i < 1_000; i++)
            {
                await Task.Yield();
            }
        }

        answers.SetResult();
        Assert.All(await Task.WhenAll(pending), static r => Assert.True(r.IsOk));
        var resent = (_host.Grains.Calls.Count - 1 - Requests) * Tokens;
        Assert.InRange(resent, 1, (0.1 * Requests * Tokens) + (2 * 100_000));
    }

    private Task<RerankResponse> SendAsync() => _host.Reranker.TryRerankAsync(
        "q", [new string('a', Tokens)], new RerankOptions { Deadline = TimeSpan.FromSeconds(20) }, TestContext.Current.CancellationToken);
}
