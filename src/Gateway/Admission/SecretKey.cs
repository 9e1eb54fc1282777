using System.Security.Cryptography;
using System.Text;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Admission;

/// <summary>
/// A key that callers must show. It is kept as its hash and compared in constant time, so that the time of an answer tells nothing about it.
/// </summary>
/// <param name="setting">The key, or the hash of one.</param>
internal sealed class SecretKey(string setting)
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = KeyHash.Bytes;

    private readonly byte[] _hash = KeyHash.ReadHash(setting);

    /// <summary>Writes the hash of what a caller shows.</summary>
    public static void HashPresentedKey(string shown, Span<byte> hash) => SHA256.HashData(Encoding.UTF8.GetBytes(shown), hash);

    /// <summary>Whether a caller who shows a key of that hash has this one.</summary>
    public bool Matches(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(_hash, hash);
}
