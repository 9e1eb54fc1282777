using Microsoft.Extensions.Options;

namespace Reranker.Grains.Fleet;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class FleetOptionsValidator : IValidateOptions<FleetOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, FleetOptions options)
    {
        var failures = new List<string>();
        Check(options.MaxLoadAge > TimeSpan.Zero, nameof(options.MaxLoadAge));
        Check(options.Penalty > TimeSpan.Zero, nameof(options.Penalty));
        Check(options.DescribeInterval > TimeSpan.Zero, nameof(options.DescribeInterval));
        Check(options.ReviseInterval > TimeSpan.Zero, nameof(options.ReviseInterval));
        Check(options.QueryTimeout > TimeSpan.Zero, nameof(options.QueryTimeout));
        Check(options.ReportLag >= TimeSpan.Zero, nameof(options.ReportLag), "must not be negative");
        Check(options.AssumedTokensPerSecond is > 0 and < double.PositiveInfinity, nameof(options.AssumedTokensPerSecond));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string option, string rule = "must be positive")
        {
            if (!holds)
            {
                failures.Add($"{option} {rule}.");
            }
        }
    }
}
