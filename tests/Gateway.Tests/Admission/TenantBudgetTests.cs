using CsCheck;
using Reranker.Budgets;

namespace Reranker.Gateway.Tests.Admission;

public sealed class TenantBudgetTests
{
    [Fact]
    public void Callers_without_a_tenant_may_have_all_of_it()
    {
        var budget = new TenantBudget(10);

        Assert.Equal(10, TakeAll(budget, ""));
        Assert.False(budget.OpenLease("").TryGrow(1));
    }

    [Fact]
    public void A_budget_that_is_set_beyond_all_need_has_room_for_a_tenants_second_request()
    {
        var budget = new TenantBudget(5_000_000_000_000_000_000);

        Assert.True(budget.OpenLease("a").TryGrow(10));
        Assert.True(budget.OpenLease("a").TryGrow(10));
    }

    [Fact]
    public void One_tenant_leaves_a_quarter_and_two_that_flood_leave_a_newcomer_something()
    {
        var budget = new TenantBudget(1000);

        Assert.Equal(750, TakeAll(budget, "a"));
        var second = TakeAll(budget, "b");
        Assert.InRange(second, 150, 200);
        Assert.True(TakeAll(budget, "c") > 0);
        Assert.True(budget.Held < 1000);
    }

    [Fact]
    public void Tenants_that_flood_come_to_equal_shares_as_requests_end()
    {
        var budget = new TenantBudget(700);
        Queue<BudgetLease> first = new(), second = new();
        Fill(budget, "a", first);
        for (var round = 0; round < 2000; round++)
        {
            // Whoever floods ends one request and tries for two.
            foreach (var (tenant, leases) in new[] { ("b", second), ("a", first) })
            {
                if (leases.TryDequeue(out var ended))
                {
                    ended.Dispose();
                }

                Fill(budget, tenant, leases, 2);
            }
        }

        Assert.InRange(first.Count, 270, 330);
        Assert.InRange(second.Count, 270, 330);
    }

    [Fact]
    public void A_tenants_only_request_may_have_what_is_free()
    {
        var budget = new TenantBudget(100);
        using var other = budget.OpenLease("a");
        Assert.True(other.TryGrow(10));
        using var large = budget.OpenLease("b");

        Assert.True(large.TryGrow(50));
        Assert.True(large.TryGrow(40));
        Assert.False(large.TryGrow(1));
    }

    [Fact]
    public void A_request_that_is_larger_than_everything_may_run_alone()
    {
        var budget = new TenantBudget(100);
        using var first = budget.OpenLease("");
        Assert.True(first.TryGrow(10));
        using (var large = budget.OpenLease(""))
        {
            Assert.False(large.TryGrow(1000));
        }

        first.Dispose();
        using var alone = budget.OpenLease("");
        Assert.True(alone.TryGrow(500));
        Assert.True(alone.TryGrow(500));
        Assert.False(budget.OpenLease("").TryGrow(1));
    }

    [Fact]
    public void Large_requests_leave_the_last_sixteenth_to_small_ones()
    {
        var budget = new TenantBudget(16 * TenantBudget.Small);
        using var one = budget.OpenLease("");
        using var two = budget.OpenLease("");
        Assert.True(one.TryGrow(8 * TenantBudget.Small));
        Assert.True(two.TryGrow(7 * TenantBudget.Small));
        Assert.False(two.TryGrow(1));

        using var small = budget.OpenLease("");
        Assert.True(small.TryGrow(TenantBudget.Small));
    }

    [Fact]
    public void What_large_requests_gave_back_is_collected_before_it_and_what_is_held_are_more_than_half_of_the_budget()
    {
        const long Capacity = 1024 * TenantBudget.Small;
        int ran = 0, byItself = 0;
        var budget = new TenantBudget(Capacity, new CollectionTrigger(Capacity, () => ran + byItself, () => ran++));
        for (var i = 0; i < 4096; i++)
        {
            TakeAndGiveBack(TenantBudget.Small);
        }

        Assert.Equal(0, ran);
        using var held = budget.OpenLease("");
        Assert.True(held.TryGrow(256 * TenantBudget.Small));
        for (var i = 0; i < 4; i++)
        {
            TakeAndGiveBack(64 * TenantBudget.Small);
        }

        Assert.Equal(0, ran);
        TakeAndGiveBack(64 * TenantBudget.Small);
        Assert.Equal(1, ran);
        TakeAndGiveBack(192 * TenantBudget.Small);
        byItself++;
        TakeAndGiveBack(192 * TenantBudget.Small);
        Assert.Equal(1, ran);

        void TakeAndGiveBack(long bytes)
        {
            using var lease = budget.OpenLease("");
            Assert.True(lease.TryGrow(bytes));
        }
    }

    [Fact]
    public void Whatever_happens_everything_comes_back()
    {
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 40]).Array[0, 200].Sample(steps =>
        {
            var budget = new TenantBudget(100);
            var leases = new List<BudgetLease>();
            foreach (var (tenant, what, amount) in steps)
            {
                switch (what)
                {
                    case 0:
                        leases.Add(budget.OpenLease(tenant == 0 ? "" : $"t{tenant}"));
                        break;
                    case 1 when leases.Count > 0:
                        leases[amount % leases.Count].TryGrow(amount);
                        break;
                    case 2 when leases.Count > 0:
                        leases[amount % leases.Count].TryResize(amount / 2);
                        break;
                    case 3 when leases.Count > 0:
                        leases[amount % leases.Count].Dispose();
                        break;
                }

                if (budget.Held != leases.Sum(static l => l.Held))
                {
                    return false;
                }
            }

            leases.ForEach(static l => l.Dispose());
            return budget.Held == 0 && TakeAll(budget, "") == 100;
        });
    }

    private static int TakeAll(TenantBudget budget, string tenant)
    {
        var taken = 0;
        while (budget.OpenLease(tenant).TryGrow(1))
        {
            taken++;
        }

        return taken;
    }

    private static void Fill(TenantBudget budget, string tenant, Queue<BudgetLease> leases, int most = int.MaxValue)
    {
        for (var i = 0; i < most; i++)
        {
            var lease = budget.OpenLease(tenant);
            if (!lease.TryGrow(1))
            {
                return;
            }

            leases.Enqueue(lease);
        }
    }
}
