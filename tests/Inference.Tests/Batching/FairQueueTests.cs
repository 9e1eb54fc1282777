using CsCheck;
using Reranker.Inference.Batching;
using Reranker.Inference.Scoring;
using Reranker.Inference.Tests.Workers;

namespace Reranker.Inference.Tests.Batching;

public sealed class FairQueueTests
{
    private const int Quantum = 50;

    [Fact]
    public void A_large_job_does_not_hold_up_a_small_request()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 1, tenant: "batch")));
        Take(queue, 100);
        queue.AddItem(Queued(Works.Of(Works.Lengths(10, 10), marker: 2, tenant: "user")));

        // 10 pairs at every second turn, and one quantum of 5 pairs that may come before.
        Assert.Equal(10, Take(queue, 25).Count(marker => marker == 2));
    }

    [Fact]
    public void Many_requests_of_one_tenant_get_no_more_than_one_of_another()
    {
        var queue = new FairQueue(Quantum);
        for (var i = 0; i < 100; i++)
        {
            queue.AddItem(Queued(Works.Of(Works.Lengths(10, 10), marker: 1, tenant: "many")));
        }

        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 2, tenant: "one")));
        Assert.InRange(Take(queue, 200).Count(marker => marker == 1), 100 - (2 * Quantum / 10), 100 + (2 * Quantum / 10));
    }

    [Fact]
    public void Low_work_gets_a_sixteenth_of_what_a_normal_tenant_gets_and_high_work_four_times_as_much()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(3000, 10), marker: 1, tenant: "low") with { Priority = PriorityClass.Low }));
        queue.AddItem(Queued(Works.Of(Works.Lengths(3000, 10), marker: 2, tenant: "normal")));
        queue.AddItem(Queued(Works.Of(Works.Lengths(3000, 10), marker: 3, tenant: "high") with { Priority = PriorityClass.High }));

        var taken = Take(queue, 81 * 30).CountBy(static marker => marker).ToDictionary();

        Assert.InRange(taken[1], 30 - (2 * Quantum / 10), 30 + (2 * Quantum / 10));
        Assert.InRange(taken[2], 480 - (4 * Quantum / 10), 480 + (4 * Quantum / 10));
        Assert.InRange(taken[3], 1920 - (6 * Quantum / 10), 1920 + (6 * Quantum / 10));
    }

    [Fact]
    public void Low_work_of_a_tenant_takes_nothing_of_its_other_work_and_all_that_is_left()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 1, tenant: "a") with { Priority = PriorityClass.Low }));
        Take(queue, 100);
        queue.AddItem(Queued(Works.Of(Works.Lengths(100, 10), marker: 2, tenant: "a")));

        Assert.InRange(Take(queue, 110).Count(static marker => marker == 2), 94, 100);
        Assert.Equal(100, Take(queue, 100).Length);
    }

    [Fact]
    public void Equal_requests_of_a_tenant_go_one_after_another()
    {
        var queue = new FairQueue(Quantum);
        for (var marker = 1; marker <= 4; marker++)
        {
            queue.AddItem(Queued(Works.Of(Works.Lengths(100, 10), marker)));
        }

        Assert.Equal([.. Enumerable.Range(1, 4).SelectMany(m => Enumerable.Repeat(m, 100))], Take(queue, 400));
    }

    [Fact]
    public void A_small_request_overtakes_a_large_one_of_its_tenant()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 1)));
        Take(queue, 100);
        queue.AddItem(Queued(Works.Of(Works.Lengths(10, 10), marker: 2)));

        Assert.All(Take(queue, 10), marker => Assert.Equal(2, marker));
    }

    [Fact]
    public void A_stream_of_small_requests_holds_up_a_large_one_no_longer_than_sharing_would()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(100, 10), marker: 1)));
        var taken = 0;
        var small = 0;
        while (taken < 100)
        {
            // Small ones take half of what is served: sharing would leave the large one the other half.
            queue.AddItem(Queued(Works.Of(Works.Lengths(5, 10), marker: 2)));
            foreach (var marker in Take(queue, Math.Min(10, 105 - taken)))
            {
                taken += marker == 1 ? 1 : 0;
                small += marker == 2 ? 1 : 0;
            }
        }

        Assert.InRange(small, 50, 100);
    }

    [Fact]
    public void More_requests_than_can_be_served_are_finished_in_their_order_and_none_is_left_half_done()
    {
        var queue = new FairQueue(Quantum);
        var order = new List<int>();
        for (var marker = 1; marker <= 60; marker++)
        {
            // Twice what is taken.
            queue.AddItem(Queued(Works.Of(Works.Lengths(20, 10), marker)));
            order.AddRange(Take(queue, 10));
        }

        Assert.Equal([.. Enumerable.Range(1, 30).SelectMany(m => Enumerable.Repeat(m, 20))], order);
    }

    [Fact]
    public void A_claim_of_a_short_deadline_gains_one_quantum_at_most()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 1, tenant: "patient"), latestStart: 1_000_000));
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 2, tenant: "hasty"), latestStart: 1));

        var taken = Take(queue, 200);
        Assert.All(taken.Take(Quantum / 10), marker => Assert.Equal(2, marker));
        for (var i = 1; i <= taken.Length; i++)
        {
            var hasty = taken[..i].Count(m => m == 2);
            Assert.InRange(hasty - (i - hasty), 0, Quantum / 10);
        }
    }

    [Fact]
    public void Leaving_and_coming_back_clears_no_debt()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(500, 10), marker: 1, tenant: "steady")));
        var order = new List<int>();
        for (var i = 0; i < 50; i++)
        {
            // One request at a time, the next one only when the last was taken.
            queue.AddItem(Queued(Works.Of(Works.Lengths(4, 10), marker: 2, tenant: "returning")));
            do
            {
                order.AddRange(Take(queue, 1));
            }
            while (order.Count(m => m == 2) < (i + 1) * 4);
        }

        Assert.InRange(order.Count(m => m == 1), 200 - (2 * Quantum / 10), 200 + (2 * Quantum / 10));
    }

    [Fact]
    public void What_is_put_back_goes_where_it_was_though_nothing_else_waits()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(100, 10), marker: 1)));
        queue.AddItem(Queued(Works.Of(Works.Lengths(20, 10), marker: 2)));
        queue.AddItem(Queued(Works.Of(Works.Lengths(40, 10), marker: 3)));
        PutBack(queue, TakePairs(queue, 160));
        queue.AddItem(Queued(Works.Of(Works.Lengths(10, 10), marker: 4)));

        Assert.Equal([4, 2, 3, 1], Take(queue, 170).Distinct());
    }

    [Fact]
    public void What_is_put_back_keeps_its_turn_though_its_request_was_forgotten()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 9, tenant: "other"), latestStart: 2_000));
        queue.AddItem(Queued(Works.Of(Works.Lengths(10, 10), marker: 1)));
        queue.AddItem(Queued(Works.Of(Works.Lengths(20, 10), marker: 2)));

        // All of it; its tenant is remembered, a quantum before the other one. Who comes then finds nothing that waits.
        var taken = TakePairs(queue, 55).Where(pair => pair.Ids.Span[1] != 9).ToArray();
        Assert.Equal(30, taken.Length);
        queue.AddItem(Queued(Works.Of(Works.Lengths(5, 10), marker: 3)));
        PutBack(queue, taken);

        Assert.Equal([1, 2, 3], Take(queue, 100).Distinct().Where(marker => marker != 9));
    }

    [Fact]
    public void A_tenant_whose_pairs_are_put_back_has_no_credit_from_it()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 1, tenant: "alone")));
        Take(queue, 990);

        // Nothing waits of it, and so it is forgotten; then another one comes.
        var taken = TakePairs(queue, 10);
        queue.AddItem(Queued(Works.Of(Works.Lengths(100, 10), marker: 2, tenant: "new")));
        PutBack(queue, taken);
        queue.AddItem(Queued(Works.Of(Works.Lengths(100, 10), marker: 1, tenant: "alone")));

        Assert.InRange(Take(queue, 100).Count(marker => marker == 2), 50 - (2 * Quantum / 10), 50 + (2 * Quantum / 10));
    }

    [Fact]
    public void What_is_put_back_where_its_tenant_is_known_anew_goes_first()
    {
        var queue = new FairQueue(Quantum);
        queue.AddItem(Queued(Works.Of(Works.Lengths(1000, 10), marker: 1)));
        Take(queue, 990);
        var taken = TakePairs(queue, 10);
        queue.AddItem(Queued(Works.Of(Works.Lengths(10, 10), marker: 2)));
        PutBack(queue, taken);

        Assert.Equal([.. Works.Lengths(10, 1), .. Works.Lengths(10, 2)], Take(queue, 20));
    }

    [Fact]
    public void Whatever_is_taken_returned_and_removed_every_pair_comes_out_once_and_counts_agree()
        => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[1, 20].Array[1, 8], Gen.Int[0, 3]).Array[1, 40].Sample(
            adds =>
            {
                var queue = new FairQueue(Quantum);
                var works = new List<QueuedItem>();
                var seen = new HashSet<QueuedPair>();
                var requests = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToArray();
                foreach (var (tenant, request, lengths, action) in adds)
                {
                    var work = Queued(Works.Of(lengths, tenant: $"{tenant}", request: requests[request]));
                    works.Add(work);
                    queue.AddItem(work);
                    if (action == 1 && works.Count > 2)
                    {
                        works[works.Count / 2].TryComplete(WorkOutcome.Cancelled, error: null);
                        queue.RemoveItem(works[works.Count / 2]);
                    }

                    for (var i = 0; i < action && queue.TryPeekPair(out var pair); i++)
                    {
                        queue.TakePair(pair);
                        if (i == 1)
                        {
                            queue.ReturnPair(pair);
                        }
                        else
                        {
                            Assert.True(seen.Add(pair));
                        }
                    }
                }

                while (queue.TryPeekPair(out var pair))
                {
                    queue.TakePair(pair);
                    Assert.True(seen.Add(pair));
                }

                Assert.Equal(0, queue.WaitingTokens);
                Assert.All(works.Where(w => !w.IsDone), w => Assert.Equal(w.Item.Count, seen.Count(p => p.Owner == w)));
            },
            seed: "0000KlVgIHS5");

    internal static QueuedItem Queued(WorkItem work, long latestStart = 1_000)
        => new(work, arrival: 0, deadline: latestStart, latestStart, static (_, _) => { });

    private static QueuedPair[] TakePairs(FairQueue queue, int count)
    {
        var pairs = new QueuedPair[count];
        for (var i = 0; i < count; i++)
        {
            Assert.True(queue.TryPeekPair(out pairs[i]));
            queue.TakePair(pairs[i]);
        }

        return pairs;
    }

    // Last taken, first put back, as a batch former does.
    private static void PutBack(FairQueue queue, QueuedPair[] pairs)
    {
        foreach (var pair in pairs.Reverse())
        {
            queue.ReturnPair(pair);
        }
    }

    // The second id of a pair is its work's marker.
    private static int[] Take(FairQueue queue, int count) => Array.ConvertAll(TakePairs(queue, count), pair => pair.Ids.Span[1]);
}
