using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines;

/// <summary>
/// The batch shapes that an engine is built for. Kernels are chosen for the optimal shape; memory is taken for the corner,
/// about 14.4 KB a token of a large model. A shape outside would rebuild the engine for minutes and is never sent.
/// </summary>
public sealed record ShapeProfile : IValidatableObject
{
    /// <summary>Tokens to whose multiple rows are padded, and of which every length here is one.</summary>
    public const int LengthStep = PaddedCostModel.LengthStep;

    /// <summary>Fewest rows. Default 1.</summary>
    [Range(1, 4096)]
    public int MinRows { get; init; } = 1;

    /// <summary>Shortest row, in tokens. Default 8.</summary>
    [Range(LengthStep, 8192)]
    public int MinLength { get; init; } = 8;

    /// <summary>Rows the kernels are chosen for. Default 32.</summary>
    [Range(1, 4096)]
    public int OptRows { get; init; } = 32;

    /// <summary>Tokens a row the kernels are chosen for. Default 256.</summary>
    [Range(LengthStep, 8192)]
    public int OptLength { get; init; } = 256;

    /// <summary>
    /// Most rows. Default 40: with 512 tokens a row an engine of a large model needs less than 500 MB beside its weights. 64 take
    /// 180 MB more and make short pairs about 10 % faster.
    /// </summary>
    [Range(1, 4096)]
    public int MaxRows { get; init; } = 40;

    /// <summary>Longest row, in tokens. Default 512: longer pairs are not taken.</summary>
    [Range(LengthStep, 8192)]
    public int MaxLength { get; init; } = 512;

    /// <summary>The three shapes as <c>1x8 32x256 40x512</c>.</summary>
    public override string ToString() => $"{Min} {Opt} {Max}";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinRows > OptRows || OptRows > MaxRows)
        {
            yield return new ValidationResult($"Rows must not fall from {MinRows} over {OptRows} to {MaxRows}.", [nameof(OptRows)]);
        }

        if (MinLength > OptLength || OptLength > MaxLength)
        {
            yield return new ValidationResult($"Lengths must not fall from {MinLength} over {OptLength} to {MaxLength}.", [nameof(OptLength)]);
        }

        foreach (var length in new[] { MinLength, OptLength, MaxLength }.Where(l => l % LengthStep != 0))
        {
            yield return new ValidationResult($"{length} is no multiple of {LengthStep} tokens.", [nameof(MaxLength)]);
        }
    }

    internal string Min => DescribeShape(MinRows, MinLength);

    internal string Opt => DescribeShape(OptRows, OptLength);

    internal string Max => DescribeShape(MaxRows, MaxLength);

    /// <summary>The same profile without lengths that no pair can have.</summary>
    internal ShapeProfile FitTo(int maxPairTokens)
    {
        var longest = Math.Max(MinLength, Math.Min(MaxLength, PadLength(maxPairTokens)));
        return this with { OptLength = Math.Min(OptLength, longest), MaxLength = longest };
    }

    /// <summary>True for a batch shape the engine was built for.</summary>
    internal bool Holds(int rows, int length)
        => rows >= MinRows && rows <= MaxRows && length >= MinLength && length <= MaxLength;

    /// <summary>A length with its padding to the next step.</summary>
    internal static int PadLength(int length) => (length + LengthStep - 1) / LengthStep * LengthStep;

    private static string DescribeShape(int rows, int length) => string.Create(CultureInfo.InvariantCulture, $"{rows}x{length}");
}
