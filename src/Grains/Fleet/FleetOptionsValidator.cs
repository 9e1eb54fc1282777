using Microsoft.Extensions.Options;

namespace Reranker.Grains.Fleet;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class FleetOptionsValidator : IValidateOptions<FleetOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, FleetOptions options)
        => options switch
        {
            { MaxLoadAge.Ticks: <= 0 } => Fail(nameof(options.MaxLoadAge)),
            { Penalty.Ticks: <= 0 } => Fail(nameof(options.Penalty)),
            { DescribeInterval.Ticks: <= 0 } => Fail(nameof(options.DescribeInterval)),
            { ReviseInterval.Ticks: <= 0 } => Fail(nameof(options.ReviseInterval)),
            { QueryTimeout.Ticks: <= 0 } => Fail(nameof(options.QueryTimeout)),
            { ReportLag.Ticks: < 0 } => ValidateOptionsResult.Fail("FleetOptions.ReportLag must not be negative."),
            { AssumedTokensPerSecond: not (> 0 and < double.PositiveInfinity) } => Fail(nameof(options.AssumedTokensPerSecond)),
            _ => ValidateOptionsResult.Success,
        };

    private static ValidateOptionsResult Fail(string option) => ValidateOptionsResult.Fail($"FleetOptions.{option} must be positive.");
}
