using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reranker.Tool.Hub;

/// <summary>
/// The hash of a file as the hub tells it: SHA-256 for what is in its large storage, and for the rest git's own, which is SHA-1
/// over the size and the content.
/// </summary>
internal sealed class ContentHash : IDisposable
{
    private readonly string? _expected;
    private readonly IncrementalHash? _hash;

    private ContentHash(string? name, string? expected, IncrementalHash? hash) => (Name, _expected, _hash) = (name, expected, hash);

    /// <summary>What kind of hash it is; null where the hub tells none that is known.</summary>
    public string? Name { get; }

    /// <summary>Starts the hash of a file.</summary>
    public static ContentHash Create(RemoteFile file)
    {
        var isHexadecimal = file.Tag.All(char.IsAsciiHexDigit);
        switch (file.Tag.Length)
        {
            case 64 when isHexadecimal:
                return new ContentHash("SHA-256", file.Tag, IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
            case 40 when isHexadecimal:
#pragma warning disable CA5350 // It is what git names its contents by; nothing is protected by it but against accidents.
                var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
                hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Bytes}\0")));
                return new ContentHash("git hash", file.Tag, hash);
            default:
                return new ContentHash(null, null, null);
        }
    }

    /// <summary>Adds the next part of the content.</summary>
    public void Append(ReadOnlySpan<byte> part) => _hash?.AppendData(part);

    /// <summary>True when the whole content has the hash that the hub tells, or when it tells none.</summary>
    public bool IsAsTold()
        => _hash is null || string.Equals(Convert.ToHexString(_hash.GetHashAndReset()), _expected, StringComparison.OrdinalIgnoreCase);

    public void Dispose() => _hash?.Dispose();
}
