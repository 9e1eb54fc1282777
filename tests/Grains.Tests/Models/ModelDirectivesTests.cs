using CsCheck;
using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Tests.Models;

/// <summary>Silos hear of changes in any order, and of some twice; they must end with the same.</summary>
public sealed class ModelDirectivesTests
{
    private static readonly string[] Identities = ["1111", "2222", "3333"];

    private static readonly Gen<ModelDirectives> Directives =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Double[0, 9], Gen.Int[1, 6]).Array[0, 5].Select(changes => changes.Aggregate(
            ModelDirectives.None, (told, change) => Change(told with { Revision = told.Revision + change.Item4 }, change.Item1, Identities[change.Item2], change.Item3)));

    [Fact]
    public void The_order_in_which_directives_are_put_together_does_not_matter()
        => Gen.Select(Directives, Directives, Directives).Sample((a, b, c) =>
            a.Merge(b).Merge(c).IsSameAs(c.Merge(b).Merge(a)) && a.Merge(b.Merge(c)).IsSameAs(a.Merge(b).Merge(c)));

    [Fact]
    public void What_was_heard_already_changes_nothing()
        => Gen.Select(Directives, Directives).Sample((a, b) => a.Merge(b).Merge(b).IsSameAs(a.Merge(b)));

    [Fact]
    public void The_later_change_of_an_entry_stays()
    {
        var loaded = Change(ModelDirectives.None, 0, "1111", 0);
        var retired = Change(loaded, 1, "1111", 0);
        var again = Change(retired, 0, "1111", 0);

        Assert.True(loaded.Merge(retired).IsRetired("1111"));
        Assert.False(retired.Merge(again).IsRetired("1111"));
        Assert.Single(again.Merge(loaded).Loaded);
    }

    private static ModelDirectives Change(ModelDirectives told, int kind, string identity, double weight) => kind switch
    {
        0 => DirectiveEntries.StartRevision(told).LoadModel(new ModelPlacement(identity, "mini", "/models", told.Revision + 1)).ToDirectives(),
        1 => DirectiveEntries.StartRevision(told).RetireModel(identity).ToDirectives(),
        _ => DirectiveEntries.StartRevision(told)
            .SetRoute("mini", weight < 1 ? null : new RouteModel { Name = "mini", Shares = [new ModelShare { Identity = identity, Weight = weight }] })
            .ToDirectives(),
    };
}
