using System.Buffers;
using System.Security.Cryptography;

namespace Reranker.Inference.Models;

/// <summary>SHA-256 of files of gigabytes: one part is hashed while the next is read.</summary>
internal static class FileHash
{
    private const int PartBytes = 1024 * 1024;

    /// <summary>The hash in lower-case hexadecimal.</summary>
    public static string ComputeSha256(string path)
    {
        using var file = PlainFile.OpenHandle(path, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (current, next) = (ArrayPool<byte>.Shared.Rent(PartBytes), ArrayPool<byte>.Shared.Rent(PartBytes));
        try
        {
            long offset = 0;
            var read = RandomAccess.Read(file, current.AsSpan(0, PartBytes), offset);
            while (read > 0)
            {
                offset += read;
                var (buffer, at) = (next, offset);
                var reading = Task.Run(() => RandomAccess.Read(file, buffer.AsSpan(0, PartBytes), at));
                hash.AppendData(current, 0, read);
                read = reading.GetAwaiter().GetResult();
                (current, next) = (next, current);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(next);
        }
    }
}
