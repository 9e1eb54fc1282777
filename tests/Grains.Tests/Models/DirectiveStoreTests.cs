using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Tests.Models;

/// <summary>A silo that was silent may have been told something else under the same revision.</summary>
public sealed class DirectiveStoreTests
{
    private static readonly ModelDirectives Before = new() { Revision = 4, Retired = ["0000"], Loaded = [new ModelPlacement("3333", "large", "/models/c", 4)] };
    private static readonly ModelDirectives One = Before with { Revision = 5, Retired = ["0000", "1111"] };
    private static readonly ModelDirectives Other = Before with
    {
        Revision = 5,
        Loaded = [.. Before.Loaded, new ModelPlacement("2222", "mini", "/models/b", 5)],
        Routes = [new RouteModel { Name = "mini", Shares = [new ModelShare { Identity = "2222", Weight = 1 }] }],
    };

    [Fact]
    public void Two_silos_that_were_told_different_things_under_one_revision_end_with_both()
    {
        var (left, right) = (new DirectiveStore(), new DirectiveStore());
        left.AdoptNewerEntries(One);
        left.AdoptNewerEntries(Other);
        right.AdoptNewerEntries(Other);
        right.AdoptNewerEntries(One);

        foreach (var told in (ModelDirectives[])[left.Current, right.Current])
        {
            Assert.True(told.IsRetired("0000"));
            Assert.True(told.IsRetired("1111"));
            Assert.Equal(["2222", "3333"], told.Loaded.Select(p => p.Identity).Order());
            Assert.Equal(1, told.FindWeight("mini", "2222"));
        }
    }

    [Fact]
    public void Other_content_of_the_same_revision_wakes_whoever_follows_and_the_same_does_not()
    {
        var cell = new DirectiveStore();
        var changes = 0;
        cell.Changed += () => changes++;

        cell.AdoptNewerEntries(One);
        cell.AdoptNewerEntries(One with { Retired = [.. One.Retired] });
        Assert.Equal(1, changes);

        cell.AdoptNewerEntries(Other);
        Assert.Equal(2, changes);
    }

    [Fact]
    public void Older_directives_change_nothing()
    {
        var cell = new DirectiveStore();
        cell.AdoptNewerEntries(One);
        cell.AdoptNewerEntries(Before);

        Assert.True(cell.Current.IsRetired("1111"));
        Assert.Equal(5, cell.Current.Revision);
    }
}
