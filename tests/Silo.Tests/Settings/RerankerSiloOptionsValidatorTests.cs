using Reranker.Silo.Settings;

namespace Reranker.Silo.Tests.Settings;

/// <summary>Options that could not work are named before anything is loaded, all of them at once.</summary>
public sealed class RerankerSiloOptionsValidatorTests
{
    public static TheoryData<string, Action<RerankerSiloOptions>> Faults => new()
    {
        { "Models", o => o.Models.Clear() },
        { "Models", o => o.Models["other"] = " " },
        { "CpuThreads", o => o.CpuThreads = 0 },
        { "TokenizerThreads", o => o.TokenizerThreads = 0 },
        { "ShutdownTimeout", o => o.ShutdownTimeout = TimeSpan.Zero },
        { "ModelsRoot", o => o.ModelsRoot = "/no/such/folder" },
        { "DefaultModel", o => o.DefaultModel = "" },
        { "Devices", o => o.Devices = "0,x" },
        { "Precision", o => o.Precision = "fp4" },
        { "Precisions", o => o.Precisions["mini"] = "FP16" },
        { "Precisions", o => o.Precisions["other"] = "fp16" },
        { "InstancesPerGpu", o => o.InstancesPerGpu = 9 },
    };

    [Fact]
    public void The_defaults_need_a_model_and_nothing_else()
        => Assert.True(new RerankerSiloOptionsValidator().Validate(null, Create()).Succeeded);

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void An_option_that_cannot_work_is_named(string option, Action<RerankerSiloOptions> change)
    {
        var options = Create();
        change(options);

        var failure = Assert.Single(new RerankerSiloOptionsValidator().Validate(null, options).Failures!);

        Assert.StartsWith($"Reranker:{option} ", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once()
        => Assert.Equal(2, new RerankerSiloOptionsValidator().Validate(null, new RerankerSiloOptions { CpuThreads = 0 }).Failures!.Count());

    private static RerankerSiloOptions Create()
    {
        var options = new RerankerSiloOptions();
        options.Models.Add("mini", "/models/mini");
        return options;
    }
}
