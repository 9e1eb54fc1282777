using Reranker.Client.Hosting;
using Reranker.Client.Scores;
using Reranker.Client.Tests.Fakes;
using Reranker.Requests;
using Reranker.TestKit;

namespace Reranker.Client.Tests.Scores;

/// <summary>Scores of models that have a map, and files that are none.</summary>
public sealed class ScoreMapTests : IDisposable
{
    private static readonly string Identity = new('a', 64);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_map_of_the_model_that_scored_makes_the_scores_and_leaves_logits_and_order()
    {
        WriteMap("map.json", Identity, new ScoreCurve(0.5, 0.5, -1));
        using var host = new ClientHost(options => options.ScoreMaps.Add(_temp["map.json"]));
        host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { ModelIdentity = Identity });

        var result = await host.Reranker.RerankAsync("q", ["aa", "aaaa"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([(2f, 0.5), (4f, 1 / (1 + Math.Exp(-1)))], result.Passages.Select(static p => (p.Logit, p.Score)));
        Assert.Equal([1, 0], result.Rank().Select(static p => p.Index));
    }

    [Fact]
    public async Task Scores_that_are_told_before_the_whole_are_probabilities_too()
    {
        WriteMap("map.json", Identity, new ScoreCurve(0.5, 0.5, -1));
        using var host = new ClientHost(options => options.ScoreMaps.Add(_temp["map.json"]));
        var reply = new TaskCompletionSource<RerankReply>();
        host.Grains.OnRerank = (_, _, _) => reply.Task;
        var questions = 0;
        host.Grains.OnParts = (_, cancellation) => Interlocked.Increment(ref questions) == 1
            ? Task.FromResult(new RerankParts { IsUnderWay = true, Model = "m", ModelIdentity = Identity, Passages = [1], Logits = [4], PairTokens = [8] })
            : WaitAsync(cancellation);
        var cancelled = TestContext.Current.CancellationToken;
        await using var parts = host.Reranker.TryRerankInPartsAsync("q", ["aa", "aaaa"], cancellationToken: cancelled).GetAsyncEnumerator(cancelled);

        Assert.True(await parts.MoveNextAsync());
        Assert.Equal([1 / (1 + Math.Exp(-1))], parts.Current.Scores.Select(static p => p.Score));
        reply.SetResult(ScriptedGrains.Ok(host.Grains.Calls.Single().Request) with { ModelIdentity = Identity });
        Assert.True(await parts.MoveNextAsync());
        Assert.Equal([0.5], parts.Current.Scores.Select(static p => p.Score));
        Assert.Equal([0.5, 1 / (1 + Math.Exp(-1))], parts.Current.Response!.Result!.Passages.Select(static p => p.Score));

        static async Task<RerankParts> WaitAsync(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return new RerankParts { IsUnderWay = false };
        }
    }

    [Fact]
    public async Task Another_models_scores_stay_sigmoids()
    {
        WriteMap("map.json", Identity, new ScoreCurve(0.5, 0.5, -1));
        using var host = new ClientHost(options => options.ScoreMaps.Add(_temp["map.json"]));
        host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { ModelIdentity = new string('b', 64) });

        var result = await host.Reranker.RerankAsync("q", [""], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0.5, Assert.Single(result.Passages).Score);
    }

    [Theory]
    [InlineData("", "is empty, or no regular file")]
    [InlineData("null", "is empty")]
    [InlineData("{\"format\":1,\"model\":\"m\",\"identity\":\"a\"}", "is no score map")]
    [InlineData("{\"format\":2,\"model\":\"m\",\"identity\":\"ID\",\"curve\":{\"lowSlope\":1,\"highSlope\":1,\"intercept\":0}}", "has format 2")]
    [InlineData("{\"format\":1,\"model\":\"m\",\"identity\":\"short\",\"curve\":{\"lowSlope\":1,\"highSlope\":1,\"intercept\":0}}", "names no model identity")]
    [InlineData("{\"format\":1,\"model\":\"m\",\"identity\":\"ID\",\"curve\":{\"lowSlope\":1,\"highSlope\":-1,\"intercept\":0}}", "does not rise")]
    [InlineData("{\"format\":1,\"model\":\"m\",\"identity\":\"ID\",\"curve\":{\"lowSlope\":1,\"highSlope\":1}}", "is no score map")]
    public void A_file_that_is_no_map_stops_the_start_with_its_name(string content, string sentence)
    {
        File.WriteAllText(_temp["map.json"], content.Replace("ID", Identity, StringComparison.Ordinal));

        var fault = Assert.Single(Validate(_temp["map.json"]));

        Assert.Contains(sentence, fault, StringComparison.Ordinal);
        Assert.Contains(_temp["map.json"], fault, StringComparison.Ordinal);
    }

    [Fact]
    public void So_do_a_missing_file_and_two_maps_of_one_model()
    {
        WriteMap("one.json", Identity, ScoreCurve.Sigmoid);
        WriteMap("two.json", Identity, new ScoreCurve(2, 2, 0));

        Assert.Contains("cannot be read", Assert.Single(Validate(_temp["none.json"])), StringComparison.Ordinal);
        Assert.Contains("second map", Assert.Single(Validate(_temp["one.json"], _temp["two.json"])), StringComparison.Ordinal);
        Assert.Empty(Validate(_temp["one.json"]));
    }

    private static IEnumerable<string> Validate(params string[] files)
    {
        var options = new RerankerClientOptions();
        Array.ForEach(files, options.ScoreMaps.Add);
        return new RerankerClientOptionsValidator().Validate(null, options).Failures ?? [];
    }

    private void WriteMap(string file, string identity, ScoreCurve curve) => File.WriteAllText(
        _temp[file], ScoreMapFile.WriteMap(new ScoreMap { Format = ScoreMap.CurrentFormat, Model = "m", Identity = identity, Curve = curve }));
}
