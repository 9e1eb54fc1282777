using Microsoft.Extensions.Options;

namespace Reranker.Grains.Caching;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class ScoreCacheOptionsValidator : IValidateOptions<ScoreCacheOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ScoreCacheOptions options)
        => options.MaxEntries is 0 or >= ScoreCache.MinEntries
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{nameof(options.MaxEntries)} must be 0 or at least {ScoreCache.MinEntries}.");
}
