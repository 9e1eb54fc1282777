using Microsoft.Extensions.Options;

namespace Reranker.Gateway.Configuration;

internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    private const int MinKeyLength = 16;

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var failures = new List<string>();
        Check(options.MaxBodyBytes is > 0 and <= 256 * 1024 * 1024, "MaxBodyBytes must be from 1 to 256 MiB.");
        Check(options.MaxBodyBytesInFlight >= options.MaxBodyBytes, "MaxBodyBytesInFlight must be at least MaxBodyBytes.");
        Check(options.MaxHeaderBytes is >= 1024 and <= 1024 * 1024, "MaxHeaderBytes must be from 1 KiB to 1 MiB.");
        Check(options.HeaderTimeout >= TimeSpan.FromSeconds(1) && options.HeaderTimeout <= Limits.MaxDeadline, $"HeaderTimeout must be from 1s to {Limits.MaxDeadline}.");
        Check(options.HstsDays is >= 0 and <= 3650, "HstsDays must be from 0 to 3650.");
        Check(options.CorsOrigins.All(IsOrigin), "CorsOrigins must have *, or an origin such as https://search.example with nothing behind it, in every entry.");
        Check(options.BodyTimeout > TimeSpan.Zero && options.BodyTimeout <= Limits.MaxDeadline, $"BodyTimeout must be positive and at most {Limits.MaxDeadline}.");
        Check(options.ReplyTimeout > TimeSpan.Zero && options.ReplyTimeout <= Limits.MaxDeadline, $"ReplyTimeout must be positive and at most {Limits.MaxDeadline}.");
        Check(options.RefusalsPerSecond >= 0, "RefusalsPerSecond must not be negative.");
        Check(options.MinBytesPerSecond >= 0, "MinBytesPerSecond must not be negative.");
        Check(options.MaxPassages is > 0 and <= Limits.MaxPassages, $"MaxPassages must be from 1 to {Limits.MaxPassages}.");
        Check(options.MaxConcurrentRequests > 0, "MaxConcurrentRequests must be positive.");
        Check(options.MaxTokensInFlight >= 0, "MaxTokensInFlight must not be negative.");
        Check(options.MaxDeadline > TimeSpan.Zero && options.MaxDeadline <= Limits.MaxDeadline, $"MaxDeadline must be positive and at most {Limits.MaxDeadline}.");
        Check(options.DefaultDeadline > TimeSpan.Zero && options.DefaultDeadline <= options.MaxDeadline, "DefaultDeadline must be positive and at most MaxDeadline.");
        Check(Enum.IsDefined(options.DefaultDialect), $"DefaultDialect must be one of {string.Join(", ", Enum.GetNames<DefaultDialect>())}.");
        Check(options.MaxChunks is >= 1 and <= Limits.MaxChunks, $"MaxChunks must be from 1 to {Limits.MaxChunks}.");
        Check(options.ChunkOverlap >= 0, "ChunkOverlap must not be negative.");
        Check(options.FleetPollInterval > TimeSpan.Zero, "FleetPollInterval must be positive.");
        Check(options.FleetMaxAge > options.FleetPollInterval, "FleetMaxAge must be longer than FleetPollInterval.");
        Check(options.DrainDelay >= TimeSpan.Zero, "DrainDelay must not be negative.");
        Check(options.ShutdownTimeout > TimeSpan.Zero, "ShutdownTimeout must be positive.");
        Check(options.ApiKeys.All(static key => key.Tenant.Length > 0), "ApiKeys must have a Tenant in every entry.");
        Check(options.ApiKeys.All(static key => key.Key.Length >= MinKeyLength), $"ApiKeys must have a Key of at least {MinKeyLength} characters in every entry.");
        Check(options.ApiKeys.Select(static key => key.Key).Distinct(StringComparer.Ordinal).Count() == options.ApiKeys.Count, "ApiKeys must not have the same Key in two entries.");
        Check(options.ApiKeys.All(static key => IsTrimmed(key.Key)), "ApiKeys must not have a Key with white space at an end: callers cannot show it.");
        Check(options.AdminKey is null || IsTrimmed(options.AdminKey), "AdminKey must not have white space at an end: callers cannot show it.");
        Check(options.AdminKey is null or { Length: >= MinKeyLength }, $"AdminKey needs at least {MinKeyLength} characters.");
        Check(options.AdminKey is null || options.ApiKeys.All(key => key.Key != options.AdminKey), "AdminKey must not be one of ApiKeys.");
        Check(options.ApiKeys.All(static key => key.TokensPerMinute >= 0), "ApiKeys must not have a negative TokensPerMinute.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        // What is no origin would match none, and be dropped without a word.
        static bool IsOrigin(string text) => text == "*"
            || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.GetLeftPart(UriPartial.Authority) == text);

        static bool IsTrimmed(string key) => key.Length == key.Trim().Length;

        void Check(bool holds, string failure)
        {
            if (!holds)
            {
                failures.Add($"{GatewayOptions.Section}:{failure}");
            }
        }
    }
}
