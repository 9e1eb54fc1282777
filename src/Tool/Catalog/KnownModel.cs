using System.Globalization;
using System.Text.Json.Serialization;

namespace Reranker.Tool.Catalog;

/// <summary>What is published of a model that people ask for by its name.</summary>
internal sealed record KnownModel
{
    /// <summary>Its name on the hub, <c>ORG/NAME</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Names that mean it where no organization is said.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The class that its configuration names; null where that is not one class.</summary>
    public string? Architecture { get; init; }

    /// <summary>Most tokens of a pair that it takes.</summary>
    public int MaxTokens { get; init; }

    /// <summary>Most tokens of a pair that its makers advise; null where they say nothing.</summary>
    public int? AdvisedTokens { get; init; }

    /// <summary>Licence of the weights, as the hub names it.</summary>
    public required string Licence { get; init; }

    /// <summary>Why this program cannot run it, as a clause; null where its architecture decides.</summary>
    public string? Refusal { get; init; }

    /// <summary>Its shape, by which a folder of that name is told from another model; null where it has no golden scores.</summary>
    public KnownShape? Shape { get; init; }

    /// <summary>Scores that were published.</summary>
    public IReadOnlyList<GoldenScore> Goldens { get; init; } = [];

    /// <summary>Licence and lengths, as a clause.</summary>
    public string DescribeTerms() => string.Create(
        CultureInfo.InvariantCulture,
        $"licence {Licence}, pairs of up to {MaxTokens} tokens{(AdvisedTokens is { } advised ? $", of which its makers advise {advised}" : "")}");
}

/// <summary>A shape, as far as it tells models apart.</summary>
/// <param name="Layers">Encoder layers.</param>
/// <param name="Hidden">Hidden size.</param>
/// <param name="Vocabulary">Rows of the embedding table.</param>
internal sealed record KnownShape(int Layers, int Hidden, int Vocabulary);

/// <summary>A score that somebody published.</summary>
/// <param name="Query">The query.</param>
/// <param name="Passage">The passage.</param>
/// <param name="Probability">The sigmoid of the logit.</param>
/// <param name="From">Who published it, and in which precision, in a few words.</param>
internal sealed record GoldenScore(string Query, string Passage, double Probability, string From)
{
    /// <summary>The logit.</summary>
    [JsonIgnore]
    public double Logit => Math.Log(Probability / (1 - Probability));

    /// <summary>True where nobody tells the precision: the order alone is compared.</summary>
    public bool IsLoose { get; init; }
}
