using Microsoft.Extensions.Options;
using Reranker.Inference.Engines;

namespace Reranker.Silo.Hosting;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class RerankerSiloOptionsValidator : IValidateOptions<RerankerSiloOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RerankerSiloOptions options)
        => options switch
        {
            { Models.Count: 0 } => Fail(nameof(options.Models), "must name at least one model folder"),
            _ when !DeviceList.TryParse(options.Devices, out _) => Fail(nameof(options.Devices), DeviceList.Rule),
            { InstancesPerGpu: < 1 or > 8 } => Fail(nameof(options.InstancesPerGpu), "must be from 1 to 8"),
            { CpuThreads: < 1 } => Fail(nameof(options.CpuThreads), "must be at least 1"),
            { TokenizerThreads: < 1 } => Fail(nameof(options.TokenizerThreads), "must be at least 1"),
            { ShutdownTimeout.Ticks: <= 0 } => Fail(nameof(options.ShutdownTimeout), "must be positive"),
            { ModelsRoot: { } root } when !Directory.Exists(root) => Fail(nameof(options.ModelsRoot), "must be a folder that exists"),
            { DefaultModel: "" } => Fail(nameof(options.DefaultModel), "must not be empty"),
            _ when options.Models.Values.Any(string.IsNullOrWhiteSpace) => Fail(nameof(options.Models), "must not hold an empty path"),
            _ => ValidateOptionsResult.Success,
        };

    private static ValidateOptionsResult Fail(string option, string rule)
        => ValidateOptionsResult.Fail($"{RerankerSiloOptions.Section}:{option} {rule}.");
}
