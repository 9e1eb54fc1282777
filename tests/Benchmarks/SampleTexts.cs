using System.Text;

namespace Reranker.Benchmarks;

/// <summary>Texts of common words, the same in every run.</summary>
internal static class SampleTexts
{
    private static readonly string[] Words =
    [
        "the", "of", "river", "bread", "which", "bridge", "was", "built", "in", "because", "search", "engine", "results", "are", "ranked",
        "by", "relevance", "Zürich", "straße", "données", "запрос", "検索", "large", "small", "water", "house", "between", "and", "never",
    ];

    /// <summary>Passages of so many characters or a few more.</summary>
    public static string[] CreatePassages(int count, int characters)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => CreateText(random, characters))];
    }

    private static string CreateText(Random random, int characters)
    {
        var text = new StringBuilder(characters + 16);
        while (text.Length < characters)
        {
            text.Append(Words[random.Next(Words.Length)]).Append(' ');
        }

        return text.ToString();
    }
}
