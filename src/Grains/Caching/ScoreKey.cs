using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Caching;

/// <summary>
/// What a score is a function of, the model's identity and the pair's token ids, as a SHA-256. Callers choose the texts:
/// with a hash that is not cryptographic, one could make a passage that collides with another's.
/// </summary>
/// <param name="High">The first half.</param>
/// <param name="Low">The second half.</param>
internal readonly record struct ScoreKey(UInt128 High, UInt128 Low)
{
    /// <summary>The keys of pairs of one model.</summary>
    public static ScoreKey[] ComputeKeys(string identity, TokenizedRequest pairs)
    {
        var keys = new ScoreKey[pairs.PassageIds.Length];
        var head = Encoding.UTF8.GetBytes(identity);
        Span<byte> model = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(head, model);
        for (var i = 0; i < keys.Length; i++)
        {
            // The whole pair, as an engine gets it: its special tokens keep query and passage apart.
            var size = model.Length + (pairs.CountPairTokens(i) * sizeof(int));
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            model.CopyTo(buffer);
            pairs.CopyPair(i, MemoryMarshal.Cast<byte, int>(buffer.AsSpan(model.Length, size - model.Length)));
            SHA256.HashData(buffer.AsSpan(0, size), hash);
            ArrayPool<byte>.Shared.Return(buffer);
            keys[i] = new ScoreKey(MemoryMarshal.Read<UInt128>(hash), MemoryMarshal.Read<UInt128>(hash[16..]));
        }

        return keys;
    }
}
