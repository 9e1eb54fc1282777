using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Admission;

/// <summary>Finds the tenant of a key. All keys are compared, so that the time of an answer does not tell which one it was.</summary>
internal sealed class ApiKeyAuthenticator(IOptions<GatewayOptions> options)
{
    private readonly (SecretKey Key, string Tenant)[] _keys = [.. options.Value.ApiKeys.Select(static key => (new SecretKey(key.Key), key.Tenant))];

    /// <summary>Whether the request may score, and for whom; without configured keys everybody may, as the tenant without a name.</summary>
    public bool TryAuthenticate(HttpRequest request, out string tenant)
    {
        tenant = "";
        if (_keys.Length == 0)
        {
            return true;
        }

        // Some clients send the key alone, without a scheme.
        var shown = AuthorizationHeader.FindBearerKey(request) ?? request.Headers.Authorization.ToString().Trim();
        Span<byte> hash = stackalloc byte[SecretKey.HashBytes];
        SecretKey.HashPresentedKey(shown, hash);
        var found = false;
        foreach (var (key, owner) in _keys)
        {
            if (key.Matches(hash))
            {
                (found, tenant) = (true, owner);
            }
        }

        return found;
    }
}
