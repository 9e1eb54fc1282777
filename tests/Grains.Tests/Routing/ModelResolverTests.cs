using Reranker.Grains.Tests.Routing.Fakes;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Routing;

/// <summary>What a request is pinned to, by what the fleet serves, what this silo reads and what was told.</summary>
public sealed class ModelResolverTests
{
    private static readonly FakeModel Mini = new("mini", "1111");
    private static readonly FakeModel Newer = new("mini", "2222");
    private static readonly FakeModel Half = new("mini", "3333", Precision: "fp16");
    private static readonly FakeModel Large = new("large", "4444");

    [Theory]
    [InlineData(null, "1111")]
    [InlineData("mini", "1111")]
    [InlineData("2222", "2222")]
    [InlineData("large", "4444")]
    public void A_model_is_found_by_name_by_identity_or_as_the_default(string? model, string identity)
        => Assert.Equal(identity, Serving(Mini, Newer, Large).Resolver.ResolveModel(model).Model!.Identity);

    [Fact]
    public void A_name_that_nobody_knows_is_unknown_and_one_without_a_ready_worker_unavailable()
    {
        var fleet = new ServedFleet(Mini, Large).Describe(0, 1, [Mini], draining: Mini);

        Assert.Equal(RerankOutcome.UnknownModel, fleet.Resolver.ResolveModel("other").Outcome);
        Assert.Equal(RerankOutcome.Unavailable, fleet.Resolver.ResolveModel("mini").Outcome);
        Assert.Equal(RerankOutcome.Unavailable, fleet.Resolver.ResolveModel("large").Outcome);
        Assert.Equal(RerankOutcome.Unavailable, new ServedFleet().Resolver.ResolveModel(null).Outcome);
    }

    [Fact]
    public void A_model_that_only_others_read_is_unavailable_here()
        => Assert.Equal(RerankOutcome.Unavailable, new ServedFleet(Mini).Describe(0, 1, [Mini, Large]).Resolver.ResolveModel("large").Outcome);

    [Fact]
    public void Without_shares_a_model_of_another_precision_does_not_stand_in()
    {
        var fleet = new ServedFleet(Mini, Half, Newer).Describe(0, 1, [Mini, Half, Newer], draining: Mini);
        Assert.Equal("2222", fleet.Resolver.ResolveModel("mini").Model!.Identity);

        fleet.Describe(0, 1, [Mini, Half, Newer], Mini, Newer);
        Assert.Equal(RerankOutcome.Unavailable, fleet.Resolver.ResolveModel("mini").Outcome);
        Assert.Equal("3333", fleet.Resolver.ResolveModel("3333").Model!.Identity);
    }

    [Fact]
    public void What_is_retired_is_not_chosen_and_what_is_not_known_otherwise_is_unknown()
    {
        var fleet = Serving(Mini, Newer, Large).Retire(Mini);

        Assert.Equal("2222", fleet.Resolver.ResolveModel("mini").Model!.Identity);
        Assert.Equal(RerankOutcome.UnknownModel, fleet.Resolver.ResolveModel("1111").Outcome);
    }

    [Fact]
    public void Shares_choose_by_the_key_alike_on_every_silo_and_leave_out_who_takes_no_work()
    {
        var (one, other) = (Serving(Mini, Newer).Route("mini", (Mini, 1), (Newer, 3)), Serving(Mini, Newer).Route("mini", (Mini, 1), (Newer, 3)));
        var keys = Enumerable.Range(0, 400).Select(i => $"user-{i}").ToArray();
        string[] chosen = [.. keys.Select(key => one.Resolver.ResolveModel("mini", key).Model!.Identity)];

        Assert.Equal(chosen, keys.Select(key => other.Resolver.ResolveModel("mini", key).Model!.Identity));
        Assert.InRange(chosen.Count(identity => identity == "2222"), 250, 350);

        one.Describe(0, 2, [Mini, Newer], draining: Newer);
        Assert.All(keys, key => Assert.Equal("1111", one.Resolver.ResolveModel("mini", key).Model!.Identity));
        Assert.Equal("1111", one.Resolver.ResolveModel("1111").Model!.Identity);
    }

    [Fact]
    public void A_name_whose_shares_are_all_zero_has_no_model()
        => Assert.Equal(RerankOutcome.Unavailable, Serving(Mini).Route("mini", (Newer, 1)).Resolver.ResolveModel("mini").Outcome);

    [Fact]
    public void Pairs_are_cut_to_what_every_worker_takes()
        => Assert.Equal(
            256,
            new ServedFleet(Mini).Describe(0, 1, [Mini]).Describe(1, 1, [Mini with { MaxPairTokens = 256 }]).Resolver.ResolveModel("mini").MaxPairTokens);

    [Fact]
    public async Task A_change_of_the_fleet_the_directives_or_the_catalog_is_seen_by_the_next_request()
    {
        var fleet = Serving(Mini, Large);
        Assert.Equal(RerankOutcome.UnknownModel, fleet.Resolver.ResolveModel("2222").Outcome);

        fleet.Describe(1, 1, [Newer]);
        Assert.Equal(RerankOutcome.Unavailable, fleet.Resolver.ResolveModel("2222").Outcome);

        fleet.Retire(Newer);
        Assert.Equal(RerankOutcome.UnknownModel, fleet.Resolver.ResolveModel("2222").Outcome);

        await fleet.Catalog.UnloadAsync("4444", TestContext.Current.CancellationToken);
        Assert.Equal(RerankOutcome.Unavailable, fleet.Resolver.ResolveModel("large").Outcome);
    }

    private static ServedFleet Serving(params FakeModel[] models) => new ServedFleet(models).Describe(0, 2, models);
}
