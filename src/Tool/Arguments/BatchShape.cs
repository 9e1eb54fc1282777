using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Reranker.Tool.Arguments;

/// <summary>A batch as people write it: rows and tokens a row, for example <c>32x256</c>.</summary>
internal sealed record BatchShape(int Rows, int Length)
{
    /// <summary>An option that takes such a shape; null when it is not given.</summary>
    public static Option<BatchShape?> CreateOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ROWSxTOKENS",
        CustomParser = ParseShape,
    };

    private static BatchShape? ParseShape(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var parts = text.Split('x', 'X', '×');
        if (parts.Length == 2 && ParseNumber(parts[0]) is { } rows && ParseNumber(parts[1]) is { } length)
        {
            return new BatchShape(rows, length);
        }

        result.AddError($"'{text}' is no batch shape; write rows and tokens a row as 32x256.");
        return null;
    }

    private static int? ParseNumber(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
