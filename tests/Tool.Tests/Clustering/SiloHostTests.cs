using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Health;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>A silo starts beside the web server of its process.</summary>
public sealed class SiloHostTests
{
    private readonly TaskCompletionSource _silo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_web_server_answers_while_the_silo_starts_and_the_host_has_started_when_the_silo_has()
    {
        await using var app = Build(ClusteringKind.Redis);
        var starting = app.StartAsync(Stop);

        // Whatever the silo does: the address is there as soon as the server listens.
        while (app.Urls.FirstOrDefault(static u => !u.EndsWith(":0", StringComparison.Ordinal)) is null)
        {
            await Task.Delay(5, Stop);
        }

        using var http = new HttpClient();
        Assert.Equal("alive", await http.GetStringAsync(new Uri(app.Urls.First()), Stop));
        Assert.False(starting.IsCompleted);
        Assert.False(app.Lifetime.ApplicationStarted.IsCancellationRequested);
        Assert.NotNull(app.Services.GetRequiredService<StartProgress>().WaitsFor);

        _silo.SetResult();
        await starting;
        Assert.Null(app.Services.GetRequiredService<StartProgress>().WaitsFor);
        await app.StopAsync(Stop);
    }

    [Fact]
    public async Task A_silo_that_cannot_start_ends_the_start_of_the_host()
    {
        await using var app = Build(ClusteringKind.Redis);
        var starting = app.StartAsync(Stop);
        _silo.SetException(new InvalidDataException("no model"));

        Assert.Equal("no model", (await Assert.ThrowsAsync<InvalidDataException>(() => starting)).Message);
    }

    [Fact]
    public async Task A_silo_that_is_alone_in_its_process_starts_before_the_web_server()
    {
        await using var app = Build(ClusteringKind.InProcess);
        var starting = app.StartAsync(Stop);
        Assert.All(app.Urls, static u => Assert.EndsWith(":0", u, StringComparison.Ordinal));

        _silo.SetResult();
        await starting;
        Assert.DoesNotContain(app.Urls, static u => u.EndsWith(":0", StringComparison.Ordinal));
        await app.StopAsync(Stop);
    }

    private WebApplication Build(ClusteringKind kind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<StartProgress>();
        builder.Services.AddSingleton<IHostedService>(s => new SiloHost(
            s, s.GetRequiredService<StartProgress>(), Options.Create(new ClusteringChoice { Clustering = kind }), _ => new SlowSilo(_silo.Task)));
        var app = builder.Build();
        app.MapGet("/", static () => "alive");
        return app;
    }

    private sealed class SlowSilo(Task started) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => started.WaitAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
