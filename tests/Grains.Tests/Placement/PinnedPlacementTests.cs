using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Fleet;
using Reranker.Grains.Placement;
using Reranker.Requests;
using Reranker.TestKit.Cluster;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Placement;

/// <summary>Where worker grains live, and what becomes of them when silos leave.</summary>
public sealed class PinnedPlacementTests
{
    [Fact]
    public async Task A_worker_grain_is_activated_once_on_the_silo_its_key_names()
    {
        var workers = Enumerable.Range(0, 3).Select(i => new FakeScoringWorker(FakeModel.Default) { Ordinal = i }).ToArray();
        await using var cluster = await RerankerTestCluster.StartAsync(workers[..1], workers[1..2], workers[2..]);
        var fleet = cluster.Services(0).GetRequiredService<FleetView>().Current;

        foreach (var worker in fleet.Workers)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cluster.Client.GetGrain<IGpuWorkerGrain>(worker.Name).GetLoadAsync(TestContext.Current.CancellationToken)));
            Assert.True(cluster.Orleans.TryGetGrainContext(cluster.Client.GetGrain<IGpuWorkerGrain>(worker.Name).GetGrainId(), out var context));
            Assert.Equal(worker.Key.Silo, context!.Address.SiloAddress);
        }
    }

    [Fact]
    public async Task A_key_of_a_silo_that_is_gone_fails_with_its_own_exception()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([worker], []);
        var gone = cluster.Client.GetGrain<IGpuWorkerGrain>("127.0.0.1:12345@1#0");

        await Assert.ThrowsAsync<WorkerHostGoneException>(() => gone.GetLoadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Losing_a_silo_neither_deactivates_nor_duplicates_the_workers_of_others()
    {
        FakeScoringWorker first = new(FakeModel.Default), second = new(FakeModel.Default), third = new(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([first], [second], [third]);
        var silos = cluster.Orleans.Silos;
        var fleet = cluster.Services(0).GetRequiredService<FleetView>();
        var grains = fleet.Current.Workers.Select(w => cluster.Client.GetGrain<IGpuWorkerGrain>(w.Name)).ToArray();
        await Task.WhenAll(grains.Select(g => g.GetLoadAsync(TestContext.Current.CancellationToken)));
        var before = Contexts(cluster, grains);
        var killed = silos[2];

        await cluster.Orleans.KillSiloAsync(killed, TestContext.Current.CancellationToken);
        await cluster.WaitForWorkersAsync(2);

        var survivors = grains.Where(g => !g.GetPrimaryKeyString().StartsWith(killed.SiloAddress.ToParsableString(), StringComparison.Ordinal)).ToArray();
        await Task.WhenAll(survivors.Select(g => g.GetLoadAsync(TestContext.Current.CancellationToken)));
        var after = Contexts(cluster, survivors);
        Assert.Equal(2, after.Count);
        Assert.All(after, a => Assert.Equal(before[a.Key], a.Value));
        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"])).Outcome);
    }

    [Fact]
    public async Task A_stopping_silo_finishes_its_work_before_its_workers_are_drained()
    {
        var release = new TaskCompletionSource();
        var worker = new FakeScoringWorker(FakeModel.Default)
        {
            Script = async (work, _) =>
            {
                await release.Task;
                return FakeScoringWorker.Scored(work);
            },
        };
        await using var cluster = await RerankerTestCluster.StartAsync([], [worker]);
        var silo = cluster.Orleans.Silos.Single(s => cluster.Host(s.Name).Workers.Count == 1);
        var call = cluster.RerankAsync("q", ["a"]);
        while (worker.Works.IsEmpty)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        var stopping = cluster.Orleans.StopSiloAsync(silo, TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(cluster.Host(silo.Name).IsStopped);
        release.SetResult();
        await stopping;

        Assert.Equal(RerankOutcome.Ok, (await call).Outcome);
        Assert.True(cluster.Host(silo.Name).IsStopped);
    }


    private static Dictionary<string, string> Contexts(RerankerTestCluster cluster, IEnumerable<IGpuWorkerGrain> grains)
        => grains.ToDictionary(
            g => g.GetPrimaryKeyString(),
            g => cluster.Orleans.TryGetGrainContext(g.GetGrainId(), out var context) ? context!.ActivationId.ToString() : "none");
}
