using System.Text.Json;

namespace DocsSearch;

/// <summary>A question and the sections that answer it.</summary>
public sealed record LabelledQuestion(string Question, string[] Sections);

/// <summary>How good two rankings of the same passages are: nDCG@10 of sections, 1 where those that answer come first, 0 where none is among ten.</summary>
public static class Evaluation
{
    private const int Depth = 10;

    /// <summary>Reads questions, one JSON object a line.</summary>
    public static IReadOnlyList<LabelledQuestion> ReadQuestions(string file) =>
        [.. File.ReadLines(file).Select(static line => JsonSerializer.Deserialize<LabelledQuestion>(line, JsonSerializerOptions.Web)!)];

    /// <summary>nDCG of a ranking of passages; a section stands where its best passage does.</summary>
    public static double ComputeNdcg(IEnumerable<Passage> ranking, string[] answers)
    {
        var gain = ranking.Select(static p => p.Section).Distinct().Take(Depth).Select((section, rank) => answers.Contains(section) ? Discount(rank) : 0).Sum();
        return gain / Enumerable.Range(0, Math.Min(answers.Length, Depth)).Sum(Discount);
    }

    private static double Discount(int rank) => 1 / Math.Log2(rank + 2);
}
