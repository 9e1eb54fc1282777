using System.Diagnostics;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Scoring;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>Works with ids that tell who they are of.</summary>
internal static class Works
{
    public const int Poison = 666;
    public const int Nan = 777;

    /// <summary>Pairs of the given lengths; every id but the first of a pair is the marker.</summary>
    public static WorkItem Of(
        int[] lengths, int marker = 5, string tenant = "", Guid? request = null, TimeSpan? remaining = null, ActivityContext parent = default)
    {
        var offsets = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++)
        {
            offsets[i + 1] = offsets[i] + lengths[i];
        }

        var ids = new int[offsets[^1]];
        ids.AsSpan().Fill(marker);
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] > 1)
            {
                ids[offsets[i]] = i % 5000;
            }
        }

        return new WorkItem
        {
            ModelIdentity = TestEngines.Identity,
            Ids = ids,
            Offsets = offsets,
            Remaining = remaining ?? TimeSpan.FromMinutes(1),
            Tenant = tenant,
            RequestId = request ?? Guid.NewGuid(),
            Parent = parent,
        };
    }

    public static int[] Lengths(int count, int length) => [.. Enumerable.Repeat(length, count)];

    public static float[] Scores(WorkItem work)
        => [.. Enumerable.Range(0, work.Count).Select(i => ScriptedScore.ComputeScore(work.Ids.AsSpan(work.Offsets[i]..work.Offsets[i + 1])))];

    /// <summary>A result within a time that no working machine needs.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(20));

    public static Task Soon(this Task task) => task.WaitAsync(TimeSpan.FromSeconds(20));
}
