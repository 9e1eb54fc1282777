using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Routing;

/// <summary>Chooses between the identities that share a name, by their weights.</summary>
internal static class ModelRouter
{
    /// <summary>
    /// The choice for a point from 0 to below 1; null when none of them has a weight. Those that are not usable leave
    /// their share to the others.
    /// </summary>
    public static CatalogModel? Choose(RouteModel route, IReadOnlyList<CatalogModel> usable, double point)
    {
        var weights = new double[usable.Count];
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Array.Find(route.Shares, s => s.Identity == usable[i].Identity)?.Weight ?? 0;
            sum += weights[i];
        }

        CatalogModel? chosen = null;
        var left = point * sum;
        for (var i = 0; i < weights.Length && left >= 0; i++)
        {
            if (weights[i] > 0)
            {
                chosen = usable[i];
                left -= weights[i];
            }
        }

        return chosen;
    }

    /// <summary>The point of a key, the same on every silo; another for every name, so that shares of two names are independent.</summary>
    public static double Point(string name, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{key}"), hash);
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
