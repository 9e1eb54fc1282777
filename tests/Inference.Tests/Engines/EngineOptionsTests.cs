using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Cpu;

namespace Reranker.Inference.Tests.Engines;

public sealed class EngineOptionsTests(CpuEngineTests.TinyModels models) : IClassFixture<CpuEngineTests.TinyModels>
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData((1 << 20) + 1)]
    public void A_limit_under_which_no_pair_has_room_is_refused_at_start(int maxPairTokens)
    {
        var error = Assert.Throws<ValidationException>(() => Load(maxPairTokens));
        Assert.Contains("MaxPairTokens", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void The_smallest_limit_is_taken(int maxPairTokens) => Load(maxPairTokens).Dispose();

    private IInferenceEngine Load(int maxPairTokens) => EngineFactory.CreateDefault(NullLoggerFactory.Instance).Load(
        ModelFolder.Open(models["fp32"]),
        new EngineOptions { Engine = EngineKind.Cpu, CpuThreads = 1, CalibrationTime = TimeSpan.Zero, MaxPairTokens = maxPairTokens });
}
