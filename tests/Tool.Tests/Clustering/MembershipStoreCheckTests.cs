using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Reranker.ServiceDefaults.Clustering.Stores;
using Reranker.ServiceDefaults.Configuration;
using Reranker.TestKit.Clocks;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>A gateway answers its probes while its store is asked whether it would be taken.</summary>
public sealed class MembershipStoreCheckTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_says_nothing_does_not_hold_up_the_web_server()
    {
        await using var app = Build(new FakeStore(_time) { IsSilent = true });
        var starting = app.StartAsync(Stop);
        while (app.Urls.FirstOrDefault(static u => !u.EndsWith(":0", StringComparison.Ordinal)) is null)
        {
            await Task.Delay(5, Stop);
        }

        using var http = new HttpClient();
        Assert.Equal("alive", await http.GetStringAsync(new Uri(app.Urls.First()), Stop));
        Assert.False(starting.IsCompleted);

        while (!starting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Stop);
        }

        await starting;
        await app.StopAsync(Stop);
    }

    [Fact]
    public async Task A_store_that_refuses_ends_the_start_with_its_sentence()
    {
        await using var app = Build(new FakeStore(_time) { Refusal = "its user or password is wrong or missing" });

        var refused = await Assert.ThrowsAsync<SettingsException>(() => app.StartAsync(Stop));

        Assert.Contains("its user or password is wrong", Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    private WebApplication Build(FakeStore store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostedService>(new MembershipStoreCheck(store, _time));
        var app = builder.Build();
        app.MapGet("/", static () => "alive");
        return app;
    }
}
