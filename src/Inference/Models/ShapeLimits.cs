namespace Reranker.Inference.Models;

/// <summary>
/// The largest shapes that are believed. A file of a few bytes can claim any number; these are checked before anything is
/// listed or allocated for it, and are far above every published encoder.
/// </summary>
public static class ShapeLimits
{
    /// <summary>Most encoder layers.</summary>
    public const int MaxLayers = 512;

    /// <summary>Largest hidden size.</summary>
    public const int MaxHidden = 16_384;

    /// <summary>Largest feed-forward layer.</summary>
    public const int MaxFeedForward = 131_072;

    /// <summary>Most rows of the embedding table.</summary>
    public const int MaxVocabulary = 4_000_000;

    /// <summary>Most rows of the position table.</summary>
    public const int MaxPositions = 1 << 20;

    // No known model begins behind a few rows of padding.
    private const int UsualPositions = 1024;

    /// <summary>Why a shape is none, as a sentence about one of its numbers; null when it is one.</summary>
    public static string? FindRefusal(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape switch
        {
            { Layers: < 1 or > MaxLayers } => DescribeLimit("layers", shape.Layers, MaxLayers),
            { Hidden: < 1 or > MaxHidden } => DescribeLimit("hidden", shape.Hidden, MaxHidden),
            { Heads: < 1 or > MaxHidden } => DescribeLimit("heads", shape.Heads, MaxHidden),
            { FeedForward: < 1 or > MaxFeedForward } => DescribeLimit("feedForward", shape.FeedForward, MaxFeedForward),
            { Vocabulary: < 1 or > MaxVocabulary } => DescribeLimit("vocabulary", shape.Vocabulary, MaxVocabulary),
            { Positions: < 1 or > MaxPositions } => DescribeLimit("positions", shape.Positions, MaxPositions),
            { FirstPosition: < 0 or > UsualPositions } => DescribeLimit("firstPosition", shape.FirstPosition.Value, UsualPositions, least: 0),
            { SecondSegmentAfter: < 0 } => DescribeLimit("secondSegmentAfter", shape.SecondSegmentAfter.Value, shape.Vocabulary - 1, least: 0),
            _ when shape.SecondSegmentAfter >= shape.Vocabulary
                => DescribeLimit("secondSegmentAfter", shape.SecondSegmentAfter.Value, shape.Vocabulary - 1, least: 0),
            { Rotary: { GlobalEvery: < 1 } or { Window: < 1 } } => "rotary has no window, or no layer that sees the whole pair",
            { Rotary: { GlobalBase: not (> 1 and < double.PositiveInfinity) } or { LocalBase: not (> 1 and < double.PositiveInfinity) } } => "rotary has a base that is not above 1",
            { Rotary.FrequencyDivisor: not (null or > 0) } => "rotary.frequencyDivisor is not above 0",
            { Rotary: not null } when shape.Hidden % (2 * shape.Heads) != 0 => $"hidden {shape.Hidden} is no multiple of twice heads {shape.Heads}, which rotary positions need",
            _ when shape.Hidden % shape.Heads != 0 => $"hidden {shape.Hidden} is no multiple of heads {shape.Heads}",
            _ when shape.LayerNormEpsilon is not (> 0 and < 1) => "layerNormEpsilon is not between 0 and 1",
            _ => null,
        };
    }

    private static string DescribeLimit(string name, int value, int most, int least = 1) => $"{name} is {value}; it may be from {least} to {most}";
}
