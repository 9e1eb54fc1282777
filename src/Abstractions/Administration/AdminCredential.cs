namespace Reranker.Administration;

/// <summary>
/// How a caller of the cluster's administration shows that it may: the cluster's admin secret goes with the call, as an entry
/// of its request context. It is as safe on its way as the connection is.
/// </summary>
public static class AdminCredential
{
    /// <summary>Name of the entry.</summary>
    public const string ContextKey = "reranker.admin-secret";

    /// <summary>Fewest characters of a secret.</summary>
    public const int MinLength = 16;

    /// <summary>Shows the secret with every call that the current asynchronous method makes from here on.</summary>
    public static void ShowSecret(string secret) => RequestContext.Set(ContextKey, secret);

    /// <summary>The secret that came with the call that is being served; null where none did.</summary>
    public static string? FindShownSecret() => RequestContext.Get(ContextKey) as string;
}
