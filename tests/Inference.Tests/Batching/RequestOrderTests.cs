using CsCheck;
using Reranker.Inference.Batching;

namespace Reranker.Inference.Tests.Batching;

public sealed class RequestOrderTests
{
    private static readonly TenantFlow Tenant = new("", quantum: 1);

    // A request comes, or so much is served.
    private static readonly Gen<(bool Comes, int Tokens)[]> AnyTraffic =
        Gen.Select(Gen.Bool, Gen.OneOf(Gen.Int[1, 100], Gen.Int[1, 20_000])).Array[1, 80];

    [Theory]
    [InlineData(1)]
    [InlineData(3_000)]
    public void Requests_go_in_the_order_in_which_sharing_would_end_them_and_none_ends_later_than_by_sharing(int quantum)
        => AnyTraffic.Sample(
            traffic =>
            {
                var (order, sharing) = (new RequestOrder(quantum), new PlainSharing());
                var (keys, ends, choices, served) = (new Dictionary<Guid, int>(), new Dictionary<int, double>(), new List<(int Served, int Waiting)>(), 0L);
                foreach (var (comes, tokens) in traffic.Append((false, int.MaxValue)))
                {
                    if (comes)
                    {
                        var key = Come(order, tokens).Key;
                        keys.Add(key, keys.Count);
                        sharing.Add(keys[key], tokens);
                        continue;
                    }

                    ServeUpTo(order, tokens, (flow, part) =>
                    {
                        choices.AddRange(order.Waiting.ToArray().Select(f => (keys[flow.Key], keys[f.Key])));
                        sharing.Serve(part);
                        ends[keys[flow.Key]] = served += part;
                    });
                }

                // Turns within a quantum are even: by sharing, those are so many tokens apart for each that shares.
                var even = (double)quantum * keys.Count;
                Assert.All(choices, c => Assert.InRange(sharing.Ends[c.Served], 0, sharing.Ends[c.Waiting] + even));
                Assert.All(ends, e => Assert.InRange(e.Value, 0, sharing.Ends[e.Key] + even));
                Assert.Equal(keys.Count, ends.Count);
            },
            iter: 2_000);

    [Fact]
    public void Whoever_comes_is_served_and_leaves_the_sharing_has_as_much_left_as_waits()
        => Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[1, 5_000]).Array[1, 120].Sample(
            steps =>
            {
                var (order, sharing) = (new RequestOrder(quantum: 1), new PlainSharing());
                var keys = Enumerable.Range(0, 10).Select(i => new Guid(i, 0, 0, new byte[8])).ToArray();
                foreach (var (request, action, tokens) in steps)
                {
                    var waiting = order.CountWaitingTokens(keys[request]);
                    if (action < 2)
                    {
                        // In parts too, and again after it was served.
                        order.AddTokens(order.GetOrAdd(keys[request], k => new RequestFlow(k, Tenant)), tokens);
                        sharing.Add(request, tokens);
                    }
                    else if (action == 2 && waiting > 0)
                    {
                        // All of it, or a part.
                        var leaving = tokens % 2 == 0 ? waiting : Math.Min(tokens, waiting);
                        Leave(order, order.GetOrAdd(keys[request], k => throw new InvalidOperationException()), leaving);
                        sharing.Leave(request, leaving);
                    }
                    else if (action > 2)
                    {
                        ServeUpTo(order, tokens, (_, part) => sharing.Serve(part));
                    }

                    // Where a new one would stand is virtual time, and with more for a request what is left of it.
                    var now = order.PredictPlace(Guid.NewGuid(), 0, 0).Round;
                    for (var i = 0; i < keys.Length; i++)
                    {
                        Assert.InRange(order.PredictPlace(keys[i], 0, 0).Round - now, sharing.LeftOf(i) - 1.01, sharing.LeftOf(i) + 1.01);
                    }

                    Assert.Equal(order.Waiting.ToArray().Sum(f => f.WaitingTokens), sharing.Left, 0.01);
                }
            },
            iter: 2_000);

    [Fact]
    public void A_small_request_is_not_put_behind_what_is_left_of_a_job()
    {
        const int Batch = 8_192;
        const int Job = 142_000;
        const int Small = 1_136;
        var order = new RequestOrder(Batch);
        var random = new Random(1);
        var (job, nextSmall, now) = (Come(order, Job), 0.0, 0L);
        var (came, behind) = (0, 0);
        while (came < 20_000)
        {
            // There is always a job, and of what is served a fifth is small requests'.
            now += ServeUpTo(order, Batch, (flow, part) => { });
            while (nextSmall < now)
            {
                nextSmall += -Math.Log(1 - random.NextDouble()) * Small / 0.2;
                came++;
                behind += job.WaitingTokens > Batch && job.Place.CompareTo(order.PredictPlace(Guid.NewGuid(), Small, 0)) < 0 ? 1 : 0;
                Come(order, Small);
            }

            job = job.WaitingTokens == 0 ? Come(order, Job) : job;
        }

        Assert.InRange(behind, 0, came / 1_000);
    }

    [Fact]
    public void What_is_taken_and_given_back_at_once_leaves_no_trace()
    {
        var (order, touched) = (new RequestOrder(quantum: 1), new RequestOrder(quantum: 1));
        foreach (var either in new[] { order, touched })
        {
            Come(either, 10_000, 1);
            Come(either, 700, 2);
            Come(either, 900, 3);
            ServeUpTo(either, 300, (_, _) => { });
        }

        // All that waits: nothing is left in between.
        var taken = new Stack<(RequestFlow Flow, int Tokens)>();
        ServeUpTo(touched, int.MaxValue, (flow, part) => taken.Push((flow, part)));
        foreach (var (flow, tokens) in taken)
        {
            touched.ReturnTokens(touched.GetOrRestoreFlow(flow), tokens);
        }

        Assert.Equal(order.PredictPlace(Guid.Empty, 100, 0).Round, touched.PredictPlace(Guid.Empty, 100, 0).Round);
        Assert.Equal(
            order.Waiting.ToArray().Select(f => (f.Key, f.Turn, f.WaitingTokens)), touched.Waiting.ToArray().Select(f => (f.Key, f.Turn, f.WaitingTokens)));
    }

    [Fact]
    public void What_is_given_back_late_holds_virtual_time_until_it_is_served_again()
    {
        var order = new RequestOrder(quantum: 1);
        var first = Come(order, 1_000, 1);
        Come(order, 3_000, 2);
        Serve(order, first, 1_000);
        Assert.Equal(500, order.PredictPlace(Guid.Empty, 0, 0).Round);

        order.ReturnTokens(order.GetOrRestoreFlow(first), 1_000);
        Assert.Same(first, order.PeekNext());
        Assert.Equal(500, order.PredictPlace(Guid.Empty, 0, 0).Round);
        Serve(order, first, 1_000);
        Assert.Equal(500, order.PredictPlace(Guid.Empty, 0, 0).Round);
        Serve(order, order.PeekNext()!, 500);
        Assert.Equal(750, order.PredictPlace(Guid.Empty, 0, 0).Round);
    }

    [Fact]
    public void Who_left_keeps_its_place_with_what_is_left_and_what_comes_to_it_then_goes_by_that()
    {
        var order = new RequestOrder(quantum: 1);
        var two = Come(order, 1_000, 1);
        Come(order, 600, 2);
        Leave(order, two, 500);
        Assert.Equal(600, order.PeekNext()!.WaitingTokens);

        order.AddTokens(two, 50);
        Assert.Same(two, order.PeekNext());
    }

    [Fact]
    public void Who_was_served_is_forgotten_in_time_and_nothing_is_allocated_for_it()
    {
        var order = new RequestOrder(quantum: 1);
        var flows = Enumerable.Range(1, 20_000).Select(i => new RequestFlow(new Guid(i, 0, 0, new byte[8]), Tenant)).ToArray();

        // Never empty, and every third request leaves without being served.
        Come(order, 1_000_000_000);
        Run(0, 500);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Run(500, flows.Length);
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());

        void Run(int first, int end)
        {
            for (var i = first; i < end; i++)
            {
                var flow = flows[i];
                order.AddTokens(flow, i % 3 == 0 ? 1_000_000 : 100);
                if (i % 3 == 0)
                {
                    Leave(order, flow, 1_000_000);
                }
                else
                {
                    Serve(order, flow, 100);
                    Serve(order, order.PeekNext()!, 50);
                }
            }
        }
    }

    private static RequestFlow Come(RequestOrder order, int tokens, int? key = null)
    {
        var flow = order.GetOrAdd(key is { } number ? new Guid(number, 0, 0, new byte[8]) : Guid.NewGuid(), k => new RequestFlow(k, Tenant));
        order.AddTokens(flow, tokens);
        return flow;
    }

    private static void Serve(RequestOrder order, RequestFlow flow, long tokens)
    {
        order.ServeTokens(flow, tokens);
        RemoveIfDone(order, flow);
    }

    private static void Leave(RequestOrder order, RequestFlow flow, long tokens)
    {
        order.RemoveTokens(flow, tokens);
        RemoveIfDone(order, flow);
    }

    private static void RemoveIfDone(RequestOrder order, RequestFlow flow)
    {
        if (flow.WaitingTokens == 0)
        {
            order.ForgetIfEnded(flow);
        }
    }

    /// <summary>Serves so much of what waits in its order, and says how much that was.</summary>
    private static int ServeUpTo(RequestOrder order, int tokens, Action<RequestFlow, int> served)
    {
        var left = tokens;
        while (left > 0 && order.PeekNext() is { } flow)
        {
            var part = (int)Math.Min(left, flow.WaitingTokens);
            Serve(order, flow, part);
            served(flow, part);
            left -= part;
        }

        return tokens - left;
    }
}
