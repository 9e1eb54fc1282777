using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Reranker.Administration;

namespace Reranker.Grains.Administration;

/// <summary>Knows the cluster's admin secret, and judges the one that came with a call. Secrets are compared by hash and in constant time.</summary>
internal sealed class AdminAccess(IOptions<AdminOptions> options)
{
    private readonly byte[]? _hash = options.Value.Secret is { } secret ? HashSecret(secret) : null;

    /// <summary>The secret, to show it to other silos; null where there is none.</summary>
    public string? Secret => options.Value.Secret;

    /// <summary>Whether what demands the secret can be told from what does not.</summary>
    public bool HasSecret => _hash is not null;

    /// <summary>Why the call that is being served may not administer; null when it may.</summary>
    public string? FindRefusal() => (_hash, AdminCredential.FindAttachedSecret()) switch
    {
        (null, _) => "This silo has no admin secret, so nobody may administer it through Orleans.",
        (_, null) => "The call shows no admin secret, and without it nobody may administer this cluster.",
        var (hash, shown) => CryptographicOperations.FixedTimeEquals(hash, HashSecret(shown)) ? null : "The admin secret of the caller is not this cluster's.",
    };

    private static byte[] HashSecret(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
