using Microsoft.Extensions.Options;

namespace Reranker.Grains.Dispatch;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class DispatchOptionsValidator : IValidateOptions<DispatchOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DispatchOptions options)
    {
        var failures = new List<string>();
        Check(options.RemoteOverhead >= TimeSpan.Zero, nameof(options.RemoteOverhead), "must not be negative");
        Check(options.LocalOverhead >= TimeSpan.Zero, nameof(options.LocalOverhead), "must not be negative");
        Check(options.MinSubBatchTime >= TimeSpan.Zero, nameof(options.MinSubBatchTime), "must not be negative");
        Check(options.PartTime > TimeSpan.Zero, nameof(options.PartTime), "must be positive");
        Check(options.MinGain is >= 0 and < 1, nameof(options.MinGain), "must be from 0 to below 1");
        Check(options.MaxFanOut >= 1, nameof(options.MaxFanOut), "must be at least 1");
        Check(options.MaxAttempts is >= 1 and <= 16, nameof(options.MaxAttempts), "must be from 1 to 16");
        Check(options.AttemptTimeoutFactor is >= 1 and < double.PositiveInfinity, nameof(options.AttemptTimeoutFactor), "must be at least 1");
        Check(options.MinAttemptTimeout > TimeSpan.Zero, nameof(options.MinAttemptTimeout), "must be positive");
        Check(options.ProbeTimeout > TimeSpan.Zero, nameof(options.ProbeTimeout), "must be positive");
        Check(options.HedgeShare is >= 0 and <= 1, nameof(options.HedgeShare), "must be from 0 to 1");
        Check(options.HedgeBurstTokens >= 0, nameof(options.HedgeBurstTokens), "must not be negative");
        Check(options.ResendShare is >= 0 and <= 1, nameof(options.ResendShare), "must be from 0 to 1");
        Check(options.ResendTokens >= 0, nameof(options.ResendTokens), "must not be negative");
        Check(options.Backoff >= TimeSpan.Zero, nameof(options.Backoff), "must not be negative");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string option, string rule)
        {
            if (!holds)
            {
                failures.Add($"{option} {rule}.");
            }
        }
    }
}
