namespace Reranker.Gateway.Configuration;

/// <summary>What keys must be, wherever they come from.</summary>
internal static class ApiKeyRules
{
    private const long MostTokens = 1_000_000_000_000;

    /// <summary>What is wrong with keys, one clause each, without any of them.</summary>
    /// <param name="keys">The keys of all sources.</param>
    /// <param name="adminKey">The key of administrators, which must be none of them.</param>
    public static IEnumerable<string> FindFaults(IReadOnlyCollection<ApiKeyOptions> keys, string? adminKey)
    {
        if (keys.Any(static key => string.IsNullOrWhiteSpace(key.Tenant)))
        {
            yield return "must have a Tenant in every entry.";
        }

        foreach (var fault in keys.Select(static key => KeyHash.FindFault(key.Key)).OfType<string>().Distinct())
        {
            yield return $"has an entry whose Key {fault}.";
        }

        var sound = keys.Where(static key => KeyHash.FindFault(key.Key) is null).Select(static key => Convert.ToHexString(KeyHash.ReadHash(key.Key))).ToList();
        if (sound.Distinct(StringComparer.Ordinal).Count() < sound.Count)
        {
            yield return "must not have the same Key in two entries.";
        }

        if (adminKey is not null && KeyHash.FindFault(adminKey) is null && sound.Contains(Convert.ToHexString(KeyHash.ReadHash(adminKey))))
        {
            yield return "must not have the AdminKey in an entry.";
        }

        if (keys.Any(static key => key.TokensPerMinute is < 0 or > MostTokens || key.TokenBurst is < 0 or > MostTokens || key.MaxConcurrentRequests < 0))
        {
            yield return $"must not have a negative limit, or one above {MostTokens} tokens.";
        }

        if (keys.Any(static key => key.TokenBurst > 0 && key.TokensPerMinute == 0))
        {
            yield return "must have a TokensPerMinute in every entry with TokenBurst.";
        }

        if (keys.Any(static key => !Enum.IsDefined(key.Priority)))
        {
            yield return "must have a Priority of Normal, High or Low.";
        }
    }
}
