using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines;

/// <summary>A limit of a pair's tokens: 0 for the model's own, or one under which a pair keeps a token of each text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PairTokensAttribute : ValidationAttribute
{
    private const int MaxTokens = 1 << 20;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is 0 or (>= PairLayout.MinPairTokens and <= MaxTokens);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name)
        => string.Create(CultureInfo.InvariantCulture, $"The field {name} must be 0 or between {PairLayout.MinPairTokens} and {MaxTokens}.");
}
