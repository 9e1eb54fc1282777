using Microsoft.Extensions.Options;
using Reranker.Client.Scores;

namespace Reranker.Client.Hosting;

internal sealed class RerankerClientOptionsValidator : IValidateOptions<RerankerClientOptions>
{
    public ValidateOptionsResult Validate(string? name, RerankerClientOptions options)
    {
        var failures = new List<string>();
        Check(options.DefaultDeadline > TimeSpan.Zero && options.DefaultDeadline <= Limits.MaxDeadline,
            $"{nameof(options.DefaultDeadline)} must be positive and at most {Limits.MaxDeadline}.");
        Check(options.MaxAttempts is >= 1 and <= 32, $"{nameof(options.MaxAttempts)} must be from 1 to 32.");
        Check(options.AttemptTimeoutFloor > TimeSpan.Zero, $"{nameof(options.AttemptTimeoutFloor)} must be positive.");
        Check(options.PresenceTimeout > TimeSpan.Zero, $"{nameof(options.PresenceTimeout)} must be positive.");
        Check(options.AttemptTimeoutFactor >= 1 && double.IsFinite(options.AttemptTimeoutFactor),
            $"{nameof(options.AttemptTimeoutFactor)} must be at least 1.");
        Check(options.ResendShare is >= 0 and <= 1, $"{nameof(options.ResendShare)} must be from 0 to 1.");
        Check(options.ResendTokens >= 0, $"{nameof(options.ResendTokens)} must not be negative.");
        Check(options.Backoff >= TimeSpan.Zero && options.Backoff <= options.MaxBackoff,
            $"{nameof(options.Backoff)} must be from 0 to {nameof(options.MaxBackoff)}.");
        Check(options.AvoidTime >= TimeSpan.Zero, $"{nameof(options.AvoidTime)} must not be negative.");
        Check(options.FleetCacheTime >= TimeSpan.Zero, $"{nameof(options.FleetCacheTime)} must not be negative.");
        Check(options.FleetTimeout > TimeSpan.Zero, $"{nameof(options.FleetTimeout)} must be positive.");
        if (ScoreMapFile.ReadMaps(options.ScoreMaps).Fault is { } fault)
        {
            failures.Add($"{nameof(options.ScoreMaps)} cannot be used: {fault}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string failure)
        {
            if (!holds)
            {
                failures.Add(failure);
            }
        }
    }
}
