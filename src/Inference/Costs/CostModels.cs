namespace Reranker.Inference.Costs;

/// <summary>Makes cost models out of measured tables.</summary>
public static class CostModels
{
    /// <summary>A model that starts from the table and learns from real runs.</summary>
    public static ICostModel Create(CostTable table, CostLimits limits)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Form switch
        {
            CostForm.PairSum => new PairSumCostModel(table, limits),
            CostForm.Padded => new PaddedCostModel(table, limits),
            CostForm.Packed => new PackedCostModel(table, limits),
            _ => throw new ArgumentOutOfRangeException(nameof(table), table.Form, "No such form."),
        };
    }
}
