using Reranker.Inference.Costs;

namespace Reranker.Simulation.Cards;

/// <summary>Costs that come with the program.</summary>
public static class BuiltInCosts
{
    /// <summary>Cards that were measured, by the name a person gives them; fastest first.</summary>
    private static readonly (string Card, string File)[] Files = [("h200", "h200-fp8"), ("h200", "h200-fp16"), ("h100", "h100-fp16")];

    /// <summary>Names of the cards that were measured.</summary>
    public static IReadOnlyList<string> Cards { get; } = [.. Files.Select(f => f.Card).Distinct()];

    /// <summary>What was measured on a card, a precision each; empty where nothing was.</summary>
    public static IReadOnlyList<CardCosts> FindMeasured(string card)
        => [.. Files.Where(f => f.Card.Equals(card, StringComparison.OrdinalIgnoreCase)).Select(f => Load(f.File))];

    internal static CardCosts Load(string name)
    {
        using var stream = typeof(BuiltInCosts).Assembly.GetManifestResourceStream($"{name}.json")
            ?? throw new InvalidOperationException($"There are no costs '{name}'.");
        return CardCosts.TryRead(stream) ?? throw new InvalidOperationException($"The costs '{name}' are damaged.");
    }
}
