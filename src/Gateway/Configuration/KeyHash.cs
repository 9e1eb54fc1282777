using System.Security.Cryptography;
using System.Text;

namespace Reranker.Gateway.Configuration;

/// <summary>
/// Keys as they are kept: their SHA-256. A key is long and random, so that nobody finds it by trying, and no slower hash is needed.
/// </summary>
public static class KeyHash
{
    /// <summary>How a setting that is the hash of a key begins.</summary>
    public const string Prefix = "sha256:";

    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = SHA256.HashSizeInBytes;

    /// <summary>Fewest characters of a key that is written out.</summary>
    public const int MinKeyLength = 16;

    /// <summary>Whether a setting says that it is the hash of a key.</summary>
    public static bool IsHash(string setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return setting.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What is wrong with a key or the hash of one, as a clause behind its name; null when it is well.</summary>
    public static string? FindFault(string setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return setting.Length != setting.Trim().Length ? "has white space at an end: callers cannot show it"
            : LooksLikeBareHash(setting) ? $"looks like a hash of a key, which begins with {Prefix}"
            : !IsHash(setting) ? setting.Length >= MinKeyLength ? null : $"needs at least {MinKeyLength} characters"
            : setting.Length == Prefix.Length + (2 * Bytes) && setting.AsSpan(Prefix.Length).IndexOfAnyExcept(HexDigits) < 0 ? null
            : $"begins with {Prefix} and is not the hash of a key, which has {2 * Bytes} hexadecimal digits";
    }

    /// <summary>The hash of a key, or the one that is written there. For what <see cref="FindFault"/> finds well.</summary>
    public static byte[] ReadHash(string setting) => IsHash(setting) ? Convert.FromHexString(setting.AsSpan(Prefix.Length)) : HashKey(setting);

    /// <summary>The hash of a key that a caller shows.</summary>
    public static byte[] HashKey(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The setting that stands for a key without holding it.</summary>
    public static string FormatHash(string key) => Prefix + Convert.ToHexStringLower(HashKey(key));

    // Taken for a key, a hash whose beginning was lost would be what callers must show, and whoever reads the settings could.
    private static bool LooksLikeBareHash(string setting)
    {
        var colon = setting.IndexOf(':', StringComparison.Ordinal);
        var digits = setting.AsSpan(colon + 1);
        return !IsHash(setting) && digits.Length >= 2 * Bytes && digits.IndexOfAnyExcept(HexDigits) < 0
            && (colon < 0 ? digits.Length == 2 * Bytes : setting.StartsWith("sha", StringComparison.OrdinalIgnoreCase));
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
