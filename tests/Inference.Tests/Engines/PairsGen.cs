using CsCheck;

namespace Reranker.Inference.Tests.Engines;

/// <summary>Batches of pairs whose ids are all different from padding.</summary>
internal static class PairsGen
{
    public static Gen<ReadOnlyMemory<int>[]> Batches(int mostPairs, int longest, int vocabulary = 1000)
        => Gen.Int[2, vocabulary - 1].Array[1, longest].Select(ids => new ReadOnlyMemory<int>(ids)).Array[1, mostPairs];
}
