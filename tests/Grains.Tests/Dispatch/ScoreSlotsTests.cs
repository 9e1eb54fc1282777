using Reranker.Grains.Dispatch;

namespace Reranker.Grains.Tests.Dispatch;

public sealed class ScoreSlotsTests
{
    private static readonly SubBatch First = new(0, 0, [2, 0], 10, 0);
    private static readonly SubBatch Second = new(1, 0, [1], 10, 0);

    [Fact]
    public void A_late_answer_changes_nothing()
    {
        var slots = new ScoreSlots(3, 2);

        Assert.True(slots.TryFill(First, [1, 2], new WorkerTimes(5, 5, 7)));
        Assert.False(slots.TryFill(First, [8, 9], new WorkerTimes(50, 50, 70)));
        Assert.True(slots.TryFill(Second, [3], new WorkerTimes(1, 1, 9)));

        Assert.Equal([2f, 3f, 1f], slots.GetCompleteLogits());
        Assert.Equal(5, slots.QueueMicroseconds);
    }

    [Fact]
    public void The_time_with_workers_is_the_longest_of_a_sub_batch_that_counts()
    {
        var slots = new ScoreSlots(3, 2);

        slots.TryFill(Second, [3], new WorkerTimes(1, 1, 9));
        slots.TryFill(First, [1, 2], new WorkerTimes(5, 5, 7));
        slots.TryFill(First, [1, 2], new WorkerTimes(50, 50, 70));

        Assert.Equal(9, slots.WorkerMicroseconds);
    }

    [Fact]
    public void Half_an_answer_cannot_be_taken()
    {
        var slots = new ScoreSlots(3, 2);
        slots.TryFill(First, [1, 2], default);

        Assert.False(slots.IsComplete);
        Assert.Throws<InvalidOperationException>(slots.GetCompleteLogits);
    }

    [Fact]
    public async Task Of_many_answers_at_once_one_is_taken_whole()
    {
        var slots = new ScoreSlots(2, 1);
        var subBatch = new SubBatch(0, 0, [0, 1], 1, 0);

        var taken = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => slots.TryFill(subBatch, [i, i], default))));

        Assert.Single(taken, t => t);
        var logits = slots.GetCompleteLogits();
        Assert.Equal(logits[0], logits[1]);
    }
}
