namespace Reranker.Gateway.Admission;

/// <summary>The header in which callers show their key.</summary>
internal static class AuthorizationHeader
{
    private const string Scheme = "Bearer ";

    /// <summary>The key behind the scheme <c>Bearer</c>; null without that scheme.</summary>
    public static string? FindBearerKey(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}
