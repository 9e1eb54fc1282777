using Reranker.LoadTest.Metrics;

namespace Reranker.LoadTest.Tests.Metrics;

public sealed class CounterGrowthTests
{
    private const string Name = "reranker_batch_tokens_total";

    private static Dictionary<string, double> Read(string text) => PrometheusText.Read(text, [Name]);

    [Fact]
    public void Samples_are_read_with_labels_times_and_comments_around()
    {
        var samples = Read(
            $$"""
            # TYPE {{Name}} counter
            {{Name}}{model="a b",provider="Scripted"} 1200 1790000000000
            {{Name}}{model="c}",provider="CPU"} 1.5e3
            {{Name}} 7
            {{Name}}_more 8
            other{x="1"} 9
            """);
        Assert.Equal([1200, 1500, 7], samples.Values);
    }

    [Fact]
    public void Growth_counts_from_the_first_look_and_goes_on_over_a_restart()
    {
        var growth = new CounterGrowth();
        growth.Observe("a", Read($"{Name} 100"), first: true);
        growth.Observe("a", Read($"{Name} 150"), first: false);
        growth.Observe("a", Read($"{Name} 30"), first: false);
        growth.Observe("b", Read($"{Name} 5"), first: false);
        growth.Observe("b", Read($"{Name}_more 500"), first: false);
        Assert.Equal(50 + 30 + 5, growth.Of(Name));
        Assert.Equal(2, growth.Count(Name));
        Assert.Equal(new Dictionary<string, double> { ["a"] = 50 + 30, ["b"] = 5 }, growth.BySource(Name));
    }
}
