using Microsoft.Extensions.Options;

namespace Reranker.Grains.Dispatch;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class DispatchOptionsValidator : IValidateOptions<DispatchOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DispatchOptions options)
        => options switch
        {
            { RemoteOverhead.Ticks: < 0 } => Fail(nameof(options.RemoteOverhead), "must not be negative"),
            { LocalOverhead.Ticks: < 0 } => Fail(nameof(options.LocalOverhead), "must not be negative"),
            { MinSubBatchTime.Ticks: < 0 } => Fail(nameof(options.MinSubBatchTime), "must not be negative"),
            { MinGain: not (>= 0 and < 1) } => Fail(nameof(options.MinGain), "must be from 0 to below 1"),
            { MaxFanOut: < 1 } => Fail(nameof(options.MaxFanOut), "must be at least 1"),
            { MaxAttempts: < 1 or > 16 } => Fail(nameof(options.MaxAttempts), "must be from 1 to 16"),
            { AttemptTimeoutFactor: not (>= 1 and < double.PositiveInfinity) } => Fail(nameof(options.AttemptTimeoutFactor), "must be at least 1"),
            { MinAttemptTimeout.Ticks: <= 0 } => Fail(nameof(options.MinAttemptTimeout), "must be positive"),
            { ProbeTimeout.Ticks: <= 0 } => Fail(nameof(options.ProbeTimeout), "must be positive"),
            { HedgeShare: not (>= 0 and <= 1) } => Fail(nameof(options.HedgeShare), "must be from 0 to 1"),
            { HedgeBurstTokens: < 0 } => Fail(nameof(options.HedgeBurstTokens), "must not be negative"),
            { Backoff.Ticks: < 0 } => Fail(nameof(options.Backoff), "must not be negative"),
            _ => ValidateOptionsResult.Success,
        };

    private static ValidateOptionsResult Fail(string option, string rule) => ValidateOptionsResult.Fail($"DispatchOptions.{option} {rule}.");
}
