using System.CommandLine;
using System.Globalization;

namespace Reranker.Tool.Arguments;

/// <summary>Options that take a share: 0.005, or 0.5%.</summary>
internal static class ShareArguments
{
    /// <summary>An option with a share from 0 to 1.</summary>
    public static Option<double?> CreateOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SHARE",
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[^1].Value, out var share))
            {
                return share;
            }

            result.AddError($"'{result.Tokens[^1].Value}' is no value of {name}; it takes a number from 0 to 1, or a percentage such as 0.5%.");
            return null;
        },
    };

    /// <summary>Reads a share.</summary>
    public static bool TryParse(string text, out double share)
    {
        var isPercentage = text.EndsWith('%');
        var number = isPercentage ? text[..^1] : text;
        var parsed = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out share);
        share = isPercentage ? share / 100 : share;
        return parsed && share is >= 0 and <= 1;
    }
}
