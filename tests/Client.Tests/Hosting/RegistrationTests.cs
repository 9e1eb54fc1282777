using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reranker.Client.Hosting;

namespace Reranker.Client.Tests.Hosting;

public sealed class RegistrationTests
{
    [Fact]
    public void A_host_with_an_orleans_client_has_everything_the_reranker_needs()
    {
        using var host = Build(static _ => { });

        Assert.NotNull(host.Services.GetRequiredService<IReranker>());
        Assert.NotNull(host.Services.GetRequiredService<IFleetInfo>());
    }

    [Fact]
    public void The_transport_gives_up_after_the_longest_deadline_and_not_before()
    {
        using var host = Build(static _ => { });

        Assert.True(host.Services.GetRequiredService<IOptions<ClientMessagingOptions>>().Value.ResponseTimeout > Limits.MaxDeadline);
    }

    public static TheoryData<Action<RerankerClientOptions>> Wrong => new(
        static options => options.MaxAttempts = 0,
        static options => options.DefaultDeadline = TimeSpan.Zero,
        static options => options.DefaultDeadline = Limits.MaxDeadline + TimeSpan.FromTicks(1),
        static options => options.AttemptTimeoutFactor = double.NaN,
        static options => options.AttemptTimeoutFloor = TimeSpan.Zero,
        static options => options.Backoff = TimeSpan.FromSeconds(2),
        static options => options.FleetTimeout = TimeSpan.Zero);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Options_that_make_no_sense_stop_the_start(Action<RerankerClientOptions> configure)
    {
        using var host = Build(configure);

        Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IStartupValidator>().Validate());
    }

    private static IHost Build(Action<RerankerClientOptions> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(static client => client.UseLocalhostClustering());
        builder.Services.AddRerankerClient(configure);
        return builder.Build();
    }
}
