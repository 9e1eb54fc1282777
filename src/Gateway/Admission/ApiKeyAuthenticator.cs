using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Admission;

/// <summary>
/// Finds the tenant of a key. Keys are compared by their hashes, all of them and in constant time, so that the time of an
/// answer tells nothing about a key.
/// </summary>
internal sealed class ApiKeyAuthenticator(IOptions<GatewayOptions> options)
{
    private const string Scheme = "Bearer ";

    private readonly (byte[] Hash, string Tenant)[] _keys =
        [.. options.Value.ApiKeys.Select(static key => (SHA256.HashData(Encoding.UTF8.GetBytes(key.Key)), key.Tenant))];

    /// <summary>Whether the request may score, and for whom; without configured keys everybody may, as the tenant without a name.</summary>
    public bool TryAuthenticate(HttpRequest request, out string tenant)
    {
        tenant = "";
        if (_keys.Length == 0)
        {
            return true;
        }

        // Some clients send the key alone, without a scheme.
        var header = request.Headers.Authorization.ToString();
        var key = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : header;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key.Trim()), hash);
        var found = false;
        foreach (var (known, owner) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                (found, tenant) = (true, owner);
            }
        }

        return found;
    }
}
