using System.Security.Cryptography;
using System.Text;

namespace Reranker.Inference.Engines;

/// <summary>Names of folders in a cache, made of all that what lies there depends on.</summary>
internal static class CacheName
{
    private const int Digits = 16;

    /// <summary>SHA-256 of a text, 16 hexadecimal digits of it.</summary>
    public static string FromText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Digits];
}
