using Reranker.Grains.Models;
using Reranker.Grains.Rollout;
using Reranker.Models;

namespace Reranker.Grains.Tests.Rollout;

/// <summary>No request may lose its model by a command, unless that is said.</summary>
public sealed class ModelCommandsTests
{
    private static readonly ModelPlacement Newer = new("2222", "mini", "/models/b", 1);

    [Fact]
    public void A_model_that_is_loaded_beside_others_of_its_name_gets_no_share_yet()
    {
        var change = ModelCommands.PlanLoad(Fleet(State("1111")), Newer);

        Assert.Equal("2222", Assert.Single(change.Directives!.Loaded).Identity);
        Assert.Equal(1, change.Directives.FindWeight("mini", "1111"));
        Assert.Equal(0, change.Directives.FindWeight("mini", "2222"));
    }

    [Fact]
    public void The_first_model_of_a_name_needs_no_shares()
        => Assert.Empty(ModelCommands.PlanLoad(Fleet(State("4444", "large")), Newer).Directives!.Routes);

    [Fact]
    public void A_model_has_one_name()
        => Assert.Equal(ModelAdminOutcome.Refused, ModelCommands.PlanLoad(Fleet(State("2222", "other")), Newer).Outcome);

    [Fact]
    public void The_last_model_of_a_name_is_unloaded_by_force_alone()
    {
        var fleet = Fleet(State("1111"));

        Assert.Equal(ModelAdminOutcome.Refused, ModelCommands.PlanUnload(fleet, new UnloadModel { Identity = "1111" }).Outcome);
        Assert.True(ModelCommands.PlanUnload(fleet, new UnloadModel { Identity = "1111", Force = true }).Directives!.IsRetired("1111"));
        Assert.Equal(ModelAdminOutcome.NotFound, ModelCommands.PlanUnload(fleet, new UnloadModel { Identity = "9999" }).Outcome);
    }

    [Fact]
    public void A_model_that_has_all_requests_of_its_name_stays_until_another_has_a_share()
    {
        var told = ModelCommands.PlanLoad(Fleet(State("1111")), Newer).Directives!;
        var fleet = new FleetModels(told, [State("1111", weight: 1), State("2222", weight: 0)], []);
        Assert.Equal(ModelAdminOutcome.Refused, ModelCommands.PlanUnload(fleet, new UnloadModel { Identity = "1111" }).Outcome);

        var routed = Route(fleet, ("1111", 1), ("2222", 1)).Directives!;
        var shared = new FleetModels(routed, [State("1111", weight: 1), State("2222", weight: 1)], []);
        var unloaded = ModelCommands.PlanUnload(shared, new UnloadModel { Identity = "1111" }).Directives!;
        Assert.True(unloaded.IsRetired("1111"));
        Assert.Equal(0, unloaded.FindWeight("mini", "1111"));
        Assert.Equal(1, unloaded.FindWeight("mini", "2222"));
    }

    [Theory]
    [InlineData(ModelAdminOutcome.Done, 1, 0)]
    [InlineData(ModelAdminOutcome.Invalid, 0, 0)]
    [InlineData(ModelAdminOutcome.Invalid, -1, 2)]
    [InlineData(ModelAdminOutcome.Invalid, double.NaN, 1)]
    [InlineData(ModelAdminOutcome.Refused, 0, 1)]
    public void Shares_are_numbers_from_0_and_go_to_models_that_take_work(ModelAdminOutcome outcome, double first, double second)
        => Assert.Equal(outcome, Route(Fleet(State("1111"), State("2222", ready: 0)), ("1111", first), ("2222", second)).Outcome);

    [Fact]
    public void Shares_name_each_model_once_and_only_those_of_the_name()
    {
        var fleet = Fleet(State("1111"), State("4444", "large"));

        Assert.Equal(ModelAdminOutcome.Invalid, Route(fleet, ("1111", 1), ("1111", 1)).Outcome);
        Assert.Equal(ModelAdminOutcome.NotFound, Route(fleet, ("4444", 1)).Outcome);
        Assert.Equal(ModelAdminOutcome.NotFound, Route(Fleet(), ("1111", 1)).Outcome);
    }

    private static ModelChange Route(FleetModels fleet, params (string Identity, double Weight)[] shares)
        => ModelCommands.PlanRoute(
            fleet, new RouteModel { Name = "mini", Shares = [.. shares.Select(s => new ModelShare { Identity = s.Identity, Weight = s.Weight })] });

    private static FleetModels Fleet(params ModelState[] models) => new(ModelDirectives.None, models, []);

    private static ModelState State(string identity, string name = "mini", int ready = 1, double? weight = null) => new()
    {
        Name = name,
        Identity = identity,
        ReadyWorkers = ready,
        Weight = weight,
        Silos = [new SiloModelState { Silo = "silo-0", Phase = ModelPhase.Ready }],
    };
}
