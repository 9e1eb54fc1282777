using Reranker.Fleet;
using Reranker.Gateway.Models;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Models;

/// <summary>What is known of the model that a request asks for.</summary>
public sealed class ModelCapacitiesTests
{
    private static readonly FleetInfo Info = new()
    {
        Models =
        [
            new ModelInfo { Name = "large", Identity = "l1", Precision = "fp16", MaxPairTokens = 1024, ReadyWorkers = 1 },
            new ModelInfo { Name = "large", Identity = "l2", Precision = "fp16", MaxPairTokens = 512, ReadyWorkers = 1 },
            new ModelInfo { Name = "small", Identity = "s1", Precision = "int8", MaxPairTokens = 256, ReadyWorkers = 1 },
        ],
        Workers = [],
    };

    private readonly ScriptedFleet _fleet = new()
    {
        Hints =
        {
            ["l1"] = new FleetHint { TokensPerSecond = 1_000, ReadyWorkers = 2, TokensPerCharacter = 0.3 },
            ["l2"] = new FleetHint { TokensPerSecond = 500, ReadyWorkers = 1, TokensPerCharacter = 0.4 },
        },
    };

    [Theory]
    [InlineData(null, "large", 512, 1_500, 3, 0.4)]
    [InlineData("large", "large", 512, 1_500, 3, 0.4)]
    [InlineData("l1", "l1", 1024, 1_000, 2, 0.3)]
    [InlineData("small", "small", 256, 0, 0, 0)]
    [InlineData("other", "other", null, 0, 0, 0)]
    public void Identities_of_a_name_count_together(
        string? model, string key, int? maxPairTokens, double tokensPerSecond, int workers, double tokensPerCharacter) =>
        Assert.Equal(
            new ModelCapacity(key, maxPairTokens, tokensPerSecond, workers, tokensPerCharacter), new ModelCapacities(_fleet).FindCapacity(model, Info));

    [Fact]
    public void Without_a_fleet_nothing_is_known() => Assert.Equal(new ModelCapacity("", null, 0, 0, 0), new ModelCapacities(_fleet).FindCapacity(null, null));
}
