using Reranker.Inference.Engines;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines;

/// <summary>What every lane must do, whatever the form of its inputs.</summary>
internal static class LaneCases
{
    /// <summary>Ids of a pair, for a tiny model.</summary>
    public static int[] Pair(Random random, int length) => [.. Enumerable.Range(0, length).Select(i => i == 0 ? 0 : random.Next(2, 60))];

    /// <summary>Runs one batch.</summary>
    public static float[] Score(IEngineLane lane, params int[][] pairs)
    {
        var logits = new float[pairs.Length];
        lane.Run([.. pairs.Select(p => new ReadOnlyMemory<int>(p))], logits);
        return logits;
    }

    /// <summary>Batches of pairs of those lengths get the reference's logits.</summary>
    public static void GiveTheReferencesLogits(IEngineLane lane, ReferenceModel reference, params int[][] batches)
    {
        var random = new Random(11);
        foreach (var lengths in batches)
        {
            var pairs = lengths.Select(n => Pair(random, n)).ToArray();
            Assert.All(Score(lane, pairs).Zip(pairs), p => Assert.Equal(reference.Score(p.Second), p.First, 1e-4));
        }
    }

    /// <summary>What was staged last is run, and a plain run forgets it.</summary>
    public static void RunWhatWasStagedLast(IStagingLane lane, ReferenceModel reference)
    {
        var random = new Random(31);
        ReadOnlyMemory<int>[] forgotten = [Pair(random, 12), Pair(random, 3), Pair(random, 3)];
        ReadOnlyMemory<int>[] staged = [Pair(random, 5), Pair(random, 9)];
        var logits = new float[2];

        lane.Stage(forgotten);
        lane.Stage(staged);
        lane.RunStaged(logits);
        Assert.All(staged.Zip(logits), p => Assert.Equal(reference.Score(p.First.ToArray()), p.Second, 1e-4));

        lane.Stage(forgotten);
        lane.Run(staged.AsSpan(1), logits);
        Assert.Equal(reference.Score(staged[1].ToArray()), logits[0], 1e-4);
    }
}
