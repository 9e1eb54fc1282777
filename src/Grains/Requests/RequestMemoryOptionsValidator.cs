using Microsoft.Extensions.Options;

namespace Reranker.Grains.Requests;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class RequestMemoryOptionsValidator : IValidateOptions<RequestMemoryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RequestMemoryOptions options)
        => options.MaxBytes > 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("MaxBytes must be positive.");
}
