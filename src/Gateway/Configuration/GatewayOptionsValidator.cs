using Microsoft.Extensions.Options;

namespace Reranker.Gateway.Configuration;

internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    private const int MaxGateways = 1024;
    private const int MaxBulkLines = 4096;

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
        Check(options.BulkLinesInProgress is >= 1 and <= MaxBulkLines, $"BulkLinesInProgress must be from 1 to {MaxBulkLines}.");
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
        Check(options.MinGateways is >= 1 and <= MaxGateways, $"MinGateways must be from 1 to {MaxGateways}.");
        failures.AddRange(FindKeyFaults(options).Select(static fault => $"{GatewayOptions.Section}:{fault}"));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string failure)
        {
            if (!holds)
            {
                failures.Add($"{GatewayOptions.Section}:{failure}");
            }
        }
    }
    // What is no origin would match none, and be dropped without a word.
    private static bool IsOrigin(string text) => text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.GetLeftPart(UriPartial.Authority) == text);

    private static IEnumerable<string> FindKeyFaults(GatewayOptions options)
    {
        if (options.AdminKey is { } adminKey && KeyHash.FindFault(adminKey) is { } adminFault)
        {
            yield return $"AdminKey {adminFault}.";
        }

        if (options.ApiKeysFile is not null && string.IsNullOrWhiteSpace(options.ApiKeysFile))
        {
            yield return "ApiKeysFile must be a path, or not be set.";
        }

        var (keys, fault) = ApiKeySources.ReadKeys(options);
        if (fault is not null)
        {
            yield return $"ApiKeysFile {fault}";
            yield break;
        }

        if (options.ApiKeysFile is not null && keys!.Count == 0)
        {
            yield return "ApiKeysFile has no key, and neither has ApiKeys: nobody could score.";
        }

        var name = options.ApiKeysFile is null ? "ApiKeys" : "ApiKeys with ApiKeysFile";
        foreach (var rule in ApiKeyRules.FindFaults(keys!, options.AdminKey))
        {
            yield return $"{name} {rule}";
        }
    }
}
