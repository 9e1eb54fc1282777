using CsCheck;
using Microsoft.Extensions.Options;
using Reranker.Grains.Dispatch;

namespace Reranker.Grains.Tests.Dispatch;

public sealed class HedgeBudgetTests
{
    [Fact]
    public void Never_is_more_than_the_share_of_what_was_dispatched_spent_on_copies()
        => Gen.Select(Gen.Double[0, 1], Gen.Long[0, 20_000], Gen.Select(Gen.Bool, Gen.Long[1, 10_000]).Array[1, 200])
            .Sample((share, burst, steps) =>
            {
                var budget = Budget(share, burst);
                long dispatched = 0, copied = 0;
                foreach (var (isCopy, tokens) in steps)
                {
                    if (!isCopy)
                    {
                        dispatched += tokens;
                        budget.AddDispatched(tokens);
                    }
                    else if (budget.TryTake(tokens))
                    {
                        copied += tokens;
                        Assert.True(tokens <= burst);
                    }

                    Assert.True(copied <= (share * dispatched) + 1e-6);
                }
            });

    [Fact]
    public void What_was_saved_can_be_spent_up_to_the_burst()
    {
        var budget = Budget(0.05, 500);
        Assert.False(budget.TryTake(1));
        budget.AddDispatched(2_000);
        Assert.True(budget.TryTake(100));
        Assert.False(budget.TryTake(1));
        budget.AddDispatched(1_000_000);
        Assert.False(budget.TryTake(501));
        Assert.True(budget.TryTake(500));
    }

    private static HedgeBudget Budget(double share, long burst)
        => new(Options.Create(new DispatchOptions { HedgeShare = share, HedgeBurstTokens = burst }));
}
