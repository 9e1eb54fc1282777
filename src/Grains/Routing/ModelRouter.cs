using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Reranker.Grains.Routing;

/// <summary>Chooses between the identities that share a name, by their weights.</summary>
internal static class ModelRouter
{
    // A name with more has its weights on the heap.
    private const int FewCandidates = 16;

    /// <summary>
    /// The choice for a point from 0 to below 1; null when none of them has a weight. Those that take no work leave
    /// their share to the others.
    /// </summary>
    public static ModelCandidate? ChooseByWeight(ReadOnlySpan<ModelCandidate> candidates, double point)
    {
        // Read once: a worker may say in between that it takes no more.
        var weights = candidates.Length <= FewCandidates ? stackalloc double[FewCandidates] : new double[candidates.Length];
        double sum = 0;
        for (var i = 0; i < candidates.Length; i++)
        {
            weights[i] = candidates[i].Served.IsReady ? candidates[i].Weight : 0;
            sum += weights[i];
        }

        ModelCandidate? chosen = null;
        var left = point * sum;
        for (var i = 0; i < candidates.Length && left >= 0; i++)
        {
            if (weights[i] > 0)
            {
                chosen = candidates[i];
                left -= weights[i];
            }
        }

        return chosen;
    }

    /// <summary>The point of a key, the same on every silo; another for every name, so that shares of two names are independent.</summary>
    public static double ComputePoint(string name, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{key}"), hash);
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
