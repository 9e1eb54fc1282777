using Reranker.Gateway.Tenants;

namespace Reranker.Gateway.Admission;

/// <summary>Finds whom a caller's key stands for.</summary>
internal sealed class ApiKeyAuthenticator(KeyRingSource keys)
{
    /// <summary>Whether the request may score, and for whom; without configured keys everybody may, as the tenant without a name.</summary>
    public bool TryAuthenticate(HttpRequest request, out string tenant)
    {
        var owner = FindOwner(request);
        tenant = owner?.Tenant ?? "";
        return owner is not null;
    }

    /// <summary>Whom the request may score for; null when it may not.</summary>
    public KeyOwner? FindOwner(HttpRequest request)
    {
        var ring = keys.Current;
        if (!ring.IsRequired)
        {
            return KeyOwner.Anybody;
        }

        // Some clients send the key alone, without a scheme.
        var shown = AuthorizationHeader.FindBearerKey(request) ?? request.Headers.Authorization.ToString().Trim();
        Span<byte> hash = stackalloc byte[SecretKey.HashBytes];
        SecretKey.HashPresentedKey(shown, hash);
        return ring.FindOwner(hash);
    }
}
