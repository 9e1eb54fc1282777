using Reranker.Inference.Costs;

namespace Reranker.Tool.Input;

/// <summary>Files of what batches cost on a card.</summary>
internal static class CostFiles
{
    /// <summary>Reads one.</summary>
    /// <exception cref="InputException">It holds no costs, or those of an engine that a fleet is not planned with.</exception>
    public static CardCosts Read(string path)
    {
        using var stream = DataFiles.OpenPlain(path);
        var costs = CardCosts.TryRead(stream)
            ?? throw new InputException($"{path}: holds no costs, as 'reranker bench gpu --save-costs FILE' writes them");
        return costs.Lanes == 1 && costs.Table.Form != CostForm.PairSum
            ? costs with { Source = costs.Source.Length > 0 ? costs.Source : $"from {path}; limits taken from its largest batches" }
            : throw new InputException($"{path}: is of a CPU; a plan is made with cards, which run one batch at a time");
    }
}
