using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Batching;

public sealed class OfflineBatchesTests
{
    private static ReadOnlyMemory<int>[] Pairs(int count)
        => [.. NaturalLengths.CreateForPairs(512).DrawLengths(new Random(9), count).Select(n => (ReadOnlyMemory<int>)new int[n])];

    private static int Size(ReadOnlyMemory<int>[] batch, CostForm form)
        => form == CostForm.Padded ? batch.Length * batch.Max(p => p.Length) : batch.Sum(p => p.Length);

    [Theory]
    [InlineData(CostForm.Packed)]
    [InlineData(CostForm.Padded)]
    public void Batches_hold_every_pair_once_and_keep_to_the_engine_s_limits(CostForm form)
    {
        var pairs = Pairs(100);
        using var engine = new DescribedEngine(form, maxPairs: 16, maxTokens: 4096);

        var batches = OfflineBatches.Split(engine, pairs);

        Assert.Equal(pairs.Select(p => p.Length).Order(), batches.SelectMany(b => b).Select(p => p.Length).Order());
        Assert.All(batches, b => Assert.True(b.Length <= 16 && Size(b, form) <= 4096));
    }

    [Theory]
    [InlineData(CostForm.Packed)]
    [InlineData(CostForm.Padded)]
    public void A_budget_of_tokens_holds_in_every_batch(CostForm form)
    {
        using var engine = new DescribedEngine(form, maxPairs: 64, maxTokens: 16_384);

        var batches = OfflineBatches.Split(engine, Pairs(60), maxTokens: 1024);

        Assert.Equal(60, batches.Sum(b => b.Length));
        Assert.All(batches, b => Assert.True(Size(b, form) <= 1024));
    }

    [Theory]
    [InlineData(CostForm.Packed)]
    [InlineData(CostForm.Padded)]
    public void A_pair_above_the_budget_is_in_a_batch_all_the_same_and_no_pairs_make_none(CostForm form)
    {
        using var engine = new DescribedEngine(form, maxPairs: 64, maxTokens: 16_384);

        Assert.Equal(2, OfflineBatches.Split(engine, [new int[300], new int[200]], maxTokens: 100).Sum(b => b.Length));
        Assert.Empty(OfflineBatches.Split(engine, []));
    }
}
