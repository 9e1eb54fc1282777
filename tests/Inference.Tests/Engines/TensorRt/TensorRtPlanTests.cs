using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.Inference.Tests.Engines.Gpu.Libraries;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.TensorRt;

public sealed class TensorRtPlanTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_plan_is_cut_to_the_model_and_its_engine_has_a_place()
    {
        var plan = Plan(TinyModels.Import(_temp), new EngineOptions { MaxPairTokens = 20 });

        Assert.Equal(20, plan.MaxPairTokens);
        Assert.Equal("1x8 32x24 40x24", plan.Profile.ToString());
        Assert.StartsWith(_temp["cache"], plan.Store.Folder, StringComparison.Ordinal);
        Assert.Equal("10.6.0", plan.Store.Key.TensorRt);
    }

    [Fact]
    public void A_pair_limit_above_the_profile_is_the_profile_s()
    {
        var options = new EngineOptions { TensorRt = new TensorRtOptions { Profile = new ShapeProfile { OptLength = 16, MaxLength = 16 } } };

        Assert.Equal(16, Plan(TinyModels.Import(_temp), options).MaxPairTokens);
    }

    [Fact]
    public void A_missing_library_is_the_reason()
    {
        var error = Assert.Throws<EngineUnavailableException>(() => Plan(TinyModels.Import(_temp), new EngineOptions(), "libnvinfer.so.10"));

        Assert.Contains("libnvinfer.so.10", error.Reason, StringComparison.Ordinal);
        Assert.Equal(EngineKind.TensorRt, error.Engine);
    }

    [Fact]
    public void A_model_with_dynamic_ranges_is_refused()
    {
        var error = Assert.Throws<EngineUnavailableException>(
            () => Plan(TinyModels.Import(_temp, precision: ModelPrecision.Int8), new EngineOptions()));
        Assert.Contains("int8-qdq", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_static_ranges_has_its_own_engine()
    {
        var model = TinyModels.Import(_temp, precision: ModelPrecision.Int8Qdq);

        Assert.Contains("precision int8-qdq\n", Plan(model, new EngineOptions()).Store.Key.Text, StringComparison.Ordinal);
    }

    private TensorRtPlan Plan(ModelFolder model, EngineOptions options, params string[] missing)
    {
        var driver = new FakeDriver();
        options = options with { TensorRt = options.TensorRt with { EngineCache = _temp["cache"] } };
        return TensorRtPlan.CreatePlan(new EngineRequest(model, options), driver, new GpuLibraries(driver, new FakeLibraries(missing)));
    }
}
