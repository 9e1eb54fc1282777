using Orleans.Core.Internal;
using Reranker.Administration;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Rollout;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Models;
using Reranker.Quotas;
using Reranker.TestKit.Cluster;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>What an Orleans client that reaches a silo's gateway port may do without the admin secret: score, and ask after the fleet.</summary>
public sealed class AdministrationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_without_the_secret_changes_and_learns_nothing()
    {
        await using var cluster = await ModelCluster.StartAsync();
        var admin = cluster.Client.GetGrain<IModelAdminGrain>(0);

        ModelAdminReply[] replies =
        [
            await admin.GetModelsAsync(Stop),
            await admin.LoadModelAsync(new LoadModel { Folder = "next" }, Stop),
            await admin.LoadModelAsync(new LoadModel { Folder = "/etc/shadow" }, Stop),
            await admin.UnloadModelAsync(new UnloadModel { Identity = "1111", Force = true }, Stop),
            await admin.SetSharesAsync(new RouteModel { Name = "mini", Shares = [new ModelShare { Identity = "1111", Weight = 1 }] }, Stop),
        ];

        Assert.All(replies, r => Assert.Equal((ModelAdminOutcome.Forbidden, 0, 0), (r.Outcome, r.Models.Length, r.SilentSilos.Length)));
        Assert.All(replies, r => Assert.Contains("secret", r.Error, StringComparison.Ordinal));
        Assert.All(await cluster.AskAllAsync(), r => Assert.Equal("1111", r.ModelIdentity));
    }

    [Fact]
    public async Task A_wrong_secret_is_none()
    {
        await using var cluster = await ModelCluster.StartAsync();
        foreach (var secret in (string[])["0123456789abcdef-another", "0123456789abcdef-cluste", ""])
        {
            var reply = await new AdminWithSecret(cluster.Client.GetGrain<IModelAdminGrain>(0), secret).GetModelsAsync(Stop);

            Assert.Equal((secret, ModelAdminOutcome.Forbidden, 0), (secret, reply.Outcome, reply.Models.Length));
        }

        Assert.Equal(ModelAdminOutcome.Done, (await cluster.Admin.GetModelsAsync(Stop)).Outcome);
        Assert.DoesNotContain(cluster.Log.Lines, l => l.Contains("0123456789abcdef", StringComparison.Ordinal));
        Assert.Single(cluster.Log.Lines, l => l.Contains("do not show", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_no_secret_is_set_nobody_administers_and_everybody_is_served()
    {
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[new FakeScoringWorker(FakeModel.Default)], [new FakeScoringWorker(FakeModel.Default)]],
            AdminSecret = static _ => null,
        });

        Assert.Equal(ModelAdminOutcome.Forbidden, (await cluster.Client.GetGrain<IModelAdminGrain>(0).GetModelsAsync(Stop)).Outcome);
        Assert.Equal(ModelAdminOutcome.Forbidden, (await cluster.Admin.GetModelsAsync(Stop)).Outcome);
        Assert.All(await cluster.AskAllAsync(), r => Assert.Equal("1111", r.ModelIdentity));
    }

    [Fact]
    public async Task A_silo_with_another_secret_takes_no_directives_and_is_told_to_be_silent()
    {
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[new FakeScoringWorker(FakeModel.Default)], [new FakeScoringWorker(FakeModel.Default)]],
            AdminSecret = static silo => silo == 0 ? RerankerTestCluster.AdminSecret : "0123456789abcdef-another",
        });

        ModelAdminReply[] replies =
        [
            await cluster.Admin.GetModelsAsync(Stop),
            await new AdminWithSecret(cluster.Client.GetGrain<IModelAdminGrain>(0), "0123456789abcdef-another").GetModelsAsync(Stop),
        ];

        // The grain is on one of the two.
        Assert.Equal([ModelAdminOutcome.Done, ModelAdminOutcome.Forbidden], replies.Select(r => r.Outcome).Order());
        Assert.Single(replies.Single(r => r.Outcome == ModelAdminOutcome.Done).SilentSilos);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(RerankerTestCluster.AdminSecret, false)]
    public async Task Limits_are_shared_out_to_a_client_without_the_secret_only_where_there_is_none(string? secret, bool isGranted)
    {
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[new FakeScoringWorker(FakeModel.Default)], [new FakeScoringWorker(FakeModel.Default)]],
            AdminSecret = _ => secret,
        });
        var grain = cluster.Client.GetGrain<IQuotaGrain>(IQuotaGrain.Key);
        var request = new QuotaLeaseRequest { Gateway = Guid.NewGuid(), KnownGateways = 0, Demands = [new QuotaDemand { Tenant = "t", TokensPerSecond = 1, HeldShare = 0 }] };

        if (!isGranted)
        {
            await Assert.ThrowsAsync<UnauthorizedAccessException>(() => grain.RenewAsync(request, Stop));
            AdminCredential.AttachSecret(secret!);
        }

        Assert.Equal(("t", 1), (await grain.RenewAsync(request, Stop)).Shares.Select(static share => (share.Tenant, share.Share)).Single());
    }

    [Fact]
    public async Task Grains_that_only_silos_call_refuse_it()
    {
        await using var cluster = await ModelCluster.StartAsync();
        var silo = cluster.Orleans.Silos[0].SiloAddress.ToParsableString();
        var models = cluster.Client.GetGrain<ISiloModelsGrain>(silo);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => models.GetModelsAsync(Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => models.ApplyDirectivesAsync(new ModelDirectives { Revision = 9, Retired = ["1111"] }, Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => models.LearnSiloAsync(silo, Stop));
        Assert.All(await cluster.AskAllAsync(), r => Assert.Equal("1111", r.ModelIdentity));
    }

    [Fact]
    public async Task A_silo_tells_it_its_workers_and_no_folder()
    {
        await using var cluster = await ModelCluster.StartAsync();
        await cluster.LoadNextAsync();

        var description = await cluster.Client.GetGrain<ISiloWorkersGrain>(cluster.Orleans.Silos[0].SiloAddress.ToParsableString()).DescribeAsync(Stop);

        Assert.NotEmpty(description.Workers);
        Assert.Null(description.Directives);
    }

    [Fact]
    public async Task Orleans_own_management_refuses_it()
    {
        await using var cluster = await ModelCluster.StartAsync();
        var management = cluster.Client.GetGrain<IManagementGrain>(0);
        var worker = cluster.Client.GetGrain<IGpuWorkerGrain>((await cluster.FleetAsync()).Workers[0].Key);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => management.GetHosts(onlyActive: true, Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => management.ForceActivationCollection(TimeSpan.FromMinutes(1), Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => management.ForceGarbageCollection([], Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => worker.AsReference<IGrainManagementExtension>().DeactivateOnIdle(Stop).AsTask());
    }

    [Fact]
    public async Task Orleans_own_system_targets_refuse_it()
    {
        await using var cluster = await ModelCluster.StartAsync();
        var orleans = typeof(IManagementGrain).Assembly;
        var control = orleans.GetType("Orleans.ISiloControl", throwOnError: true)!;
        var type = (GrainType)orleans.GetType("Orleans.Runtime.Constants", throwOnError: true)!.GetField("SiloControlType")!.GetValue(null)!;
        var target = SystemTargetGrainId.Create(type, cluster.Orleans.Silos[0].SiloAddress).GrainId;
        var reference = cluster.Client.GetGrain(target, GrainInterfaceType.Create("Orleans.ISiloControl"));
        Task CallAsync(string method, params object?[] arguments) => (Task)control.GetMethod(method)!.Invoke(reference, arguments)!;

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => CallAsync("Ping", "hello", Stop));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => CallAsync("ForceGarbageCollection", Stop));
    }
}
