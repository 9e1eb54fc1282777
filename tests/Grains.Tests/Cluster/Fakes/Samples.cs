using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster.Fakes;

/// <summary>What the tests ask for, and what they must get.</summary>
internal static class Samples
{
    /// <summary>A hundred passages of many lengths.</summary>
    public static readonly string[] Passages = [.. Enumerable.Range(0, 100).Select(i => new string((char)('a' + (i % 26)), 1 + (i * 37 % 90)) + i)];

    /// <summary>The scores that fake workers give.</summary>
    public static float[] Expected(string query, string[] passages)
        => [.. passages.Select(p => FakeScoringWorker.Score(FakePairTokenizer.Pair(query, p)))];

    /// <summary>A worker of the default model.</summary>
    public static FakeScoringWorker Worker(int ordinal = 0) => new(FakeModel.Default) { Ordinal = ordinal };
}
