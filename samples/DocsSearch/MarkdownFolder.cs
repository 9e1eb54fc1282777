using System.Text;
using System.Text.RegularExpressions;

namespace DocsSearch;

/// <summary>Reads Markdown files as passages of a few paragraphs, each with its headings in front, so that a passage says by itself what it is about.</summary>
public static partial class MarkdownFolder
{
    // Long enough to hold an answer, short enough for a model that reads 512 tokens.
    private const int MostWords = 120;

    /// <summary>Reads all files below a folder.</summary>
    public static IReadOnlyList<Passage> ReadPassages(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(file => SplitFile(Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadLines(file)))];

    private static IEnumerable<Passage> SplitFile(string file, IEnumerable<string> lines)
    {
        var headings = new List<string>();
        var section = file;
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                foreach (var passage in TakePassage(section, headings, text))
                {
                    yield return passage;
                }

                // A heading ends those of its level and below.
                headings.RemoveRange(Math.Min(headings.Count, heading.Groups[1].Length - 1), Math.Max(0, headings.Count - heading.Groups[1].Length + 1));
                headings.Add(heading.Groups[2].Value);
                section = headings.Count == 1 ? file : $"{file}#{MakeAnchor(heading.Groups[2].Value)}";
            }
            else
            {
                if (line.Length == 0 && CountWords(text) >= MostWords)
                {
                    foreach (var passage in TakePassage(section, headings, text))
                    {
                        yield return passage;
                    }
                }

                text.AppendLine(line);
            }
        }

        foreach (var passage in TakePassage(section, headings, text))
        {
            yield return passage;
        }
    }

    private static IEnumerable<Passage> TakePassage(string section, List<string> headings, StringBuilder text)
    {
        var paragraphs = text.ToString().Trim();
        text.Clear();
        if (paragraphs.Length > 0)
        {
            yield return new Passage(section, $"{string.Join(": ", headings)}\n{paragraphs}");
        }
    }

    private static int CountWords(StringBuilder text) => Word().Count(text.ToString());

    /// <summary>The anchor that GitHub gives a heading.</summary>
    private static string MakeAnchor(string heading) => NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("^(#{1,3}) (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
