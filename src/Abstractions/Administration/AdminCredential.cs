namespace Reranker.Administration;

/// <summary>
/// The cluster's admin secret, with which a caller shows that it may administer. It goes with the call, as an entry of the call's
/// request context, and is as safe in transit as the connection is.
/// </summary>
public static class AdminCredential
{
    /// <summary>Name of the entry.</summary>
    public const string ContextKey = "reranker.admin-secret";

    /// <summary>Fewest characters of a secret.</summary>
    public const int MinLength = 16;

    /// <summary>Shows the secret with every call that the current asynchronous method makes from here on.</summary>
    public static void AttachSecret(string secret) => RequestContext.Set(ContextKey, secret);

    /// <summary>The secret that came with the call that is being served; null where none did.</summary>
    public static string? FindAttachedSecret() => RequestContext.Get(ContextKey) as string;
}
