using Reranker.Inference.Engines;
using Reranker.Inference.Models;
using Reranker.Tool.Catalog;
using Reranker.Tool.Hub;
using Reranker.Tool.Input;
using Reranker.Tool.Models;

namespace Reranker.Tool.Tests.Hub;

/// <summary>The table of known models, and what its names come to.</summary>
public sealed class KnownModelsTests
{
    public static TheoryData<string> Repositories => [.. KnownModels.BuiltIn.All.Select(m => m.Repository)];

    [Theory]
    [MemberData(nameof(Repositories))]
    public void Every_model_is_a_name_of_the_hub_with_aliases_and_can_be_run_or_says_why_not(string repository)
    {
        var model = KnownModels.BuiltIn.Find(repository)!;

        Assert.Equal(repository, HubReference.TryParse(repository)?.Repository);
        Assert.Contains(repository.Split('/')[1], model.Aliases);
        Assert.True(model.Architecture is not null || model.Refusal is not null);
        Assert.InRange(model.MaxTokens, 512, 131_072);
        Assert.All(model.Aliases, alias => Assert.Equal(repository, ModelNaming.FindHubModel(alias)?.Repository));
        Assert.All(model.Goldens, g => Assert.InRange(g.Probability, 1e-9, 1 - 1e-9));
    }

    [Fact]
    public void The_published_scores_of_the_best_known_model_are_there()
    {
        var model = KnownModels.BuiltIn.Find("bge-reranker-v2-m3")!;

        Assert.Null(SupportedModels.FindRefusal(model));
        Assert.Equal("licence apache-2.0, pairs of up to 8192 tokens, of which its makers advise 1024", model.DescribeTerms());
        Assert.Equal(16, model.Goldens.Count);
        Assert.Equal(-5.65234375, model.Goldens.Single(g => g is { Query: "query", Passage: "passage" }).Logit, 1e-9);
        Assert.Equal(5.26171875, model.Goldens.Max(g => g.Logit), 1e-6);
    }

    [Theory]
    [InlineData("BGE-reranker-v2-M3@v1", "BAAI/bge-reranker-v2-m3@v1")]
    [InlineData("MiniLM-L6", "cross-encoder/ms-marco-MiniLM-L6-v2")]
    [InlineData("someone/else", "someone/else")]
    [InlineData("nothing", null)]
    public void Aliases_stand_for_repositories(string text, string? expected) => Assert.Equal(expected, ModelNaming.FindHubModel(text)?.ToString());

    [Fact]
    public void A_folder_that_is_there_comes_before_the_hub_and_it_is_said()
    {
        var told = new List<string>();
        Assert.NotNull(ModelNaming.Parse("./nothing/here", told.Add).Folder);
        Assert.NotNull(ModelNaming.Parse("/models/v2-m3", told.Add).Folder);
        Assert.NotNull(ModelNaming.Parse("models/deep/v2-m3", told.Add).Folder);
        Assert.Equal("a/b@refs/pr/1", ModelNaming.Parse("a/b@refs/pr/1", told.Add, static _ => false).Hub?.ToString());
        Assert.Empty(told);

        Assert.Equal(Path.GetFullPath("a/b"), ModelNaming.Parse("a/b", told.Add, static path => path == "a/b").Folder);
        Assert.Equal(["a/b is a folder here, and a/b of the hub is not meant"], told);
        Assert.NotNull(ModelNaming.Parse("my-model", told.Add, static _ => true).Folder);
        Assert.Single(told);
        Assert.StartsWith(
            "bge-rerank-v2-m3 is no folder here, and no model of the hub is called so: is bge-reranker-v2-m3 meant?",
            Assert.Throws<InputException>(() => ModelNaming.Parse("bge-rerank-v2-m3", told.Add, static _ => false)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_is_in_a_cache_and_not_in_use_is_removed()
    {
        LocalModelEntry[] all =
        [
            new(LocalModelKind.Bundled, "reranker-mini", 1, "/app/models/mini"),
            new(LocalModelKind.Imported, "BAAI/bge-reranker-v2-m3", 1, "/cache/one"),
            new(LocalModelKind.Checkpoint, "BAAI/bge-reranker-v2-m3", 1, "/hub/one"),
            new(LocalModelKind.Imported, "a/b", 1, "/cache/two") { IsInUse = true },
            new(LocalModelKind.Checkpoint, "a/b", 1, "/hub/two"),
        ];

        Assert.Equal(["/cache/one", "/hub/one"], ModelRemoval.Find(all, "bge-reranker-v2-m3").Select(m => m.Folder));
        Assert.Equal(["/hub/two"], ModelRemoval.Find(all, "/hub/two/").Select(m => m.Folder));
        Assert.Contains("a/b is in use", Refuse("a/b"), StringComparison.Ordinal);
        Assert.Contains("is in no cache: /app/models/mini", Refuse("reranker-mini"), StringComparison.Ordinal);
        Assert.Contains("no model here is called 'c/d'", Refuse("c/d"), StringComparison.Ordinal);

        string Refuse(string name) => Assert.Throws<InputException>(() => ModelRemoval.Find(all, name)).Message;
    }

    [Fact]
    public void A_command_that_fetches_nothing_says_which_one_does()
        => Assert.StartsWith(
            "nobody/nothing is not on this machine in fp32: 'reranker serve --model nobody/nothing'",
            Assert.Throws<InputException>(() => new ModelFinder("nobody/nothing", ModelPrecision.Fp32, EngineKind.Cpu).FindFolder()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Published_scores_are_compared_by_value_and_of_a_quantized_precision_by_order()
    {
        Assert.Empty(Compare(static g => g.Logit + 0.02, comparesLogits: true));
        Assert.Contains(", and -5.652 by FlagEmbedding", Compare(static g => g.Logit + (g.Query == "query" ? 0.2 : 0), comparesLogits: true).Single(), StringComparison.Ordinal);
        Assert.Empty(Compare(static g => g.Logit + 0.6, comparesLogits: false));
        Assert.Contains("ranks before", Compare(static g => -g.Logit, comparesLogits: false)[0], StringComparison.Ordinal);
        Assert.NotEmpty(Compare(static _ => double.NaN, comparesLogits: false));

        // Nobody tells the precision of these, so their values are not held against a model.
        Assert.Empty(Compare(static g => g.Logit + (g.IsLoose ? 0.4 : 0), comparesLogits: true));
    }

    private static IReadOnlyList<string> Compare(Func<GoldenScore, double> score, bool comparesLogits)
    {
        var model = KnownModels.BuiltIn.Find("bge-reranker-v2-m3")!;
        return PublishedScores.CreateReport(model, [.. model.Goldens.Select(g => new ComparedScore(g, (float)score(g)))], comparesLogits).Failures;
    }
}
