using System.CommandLine;
using System.Globalization;
using Reranker.Inference.Engines;

namespace Reranker.Tool.Commands;

/// <summary>Rules that several commands' options share.</summary>
internal static class OptionRules
{
    /// <summary>Refuses numbers below a bound. What is no number at all is the parser's to refuse.</summary>
    public static void AtLeast(this Option option, int minimum) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(t => int.TryParse(t.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value < minimum))
        {
            result.AddError($"{option.Name} must be at least {minimum}.");
        }
    });

    /// <summary>Refuses what is no list of device numbers.</summary>
    public static void DeviceNumbers(this Option<string> option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !DeviceList.TryParse(token.Value, out _))
        {
            result.AddError($"{option.Name} {DeviceList.Rule}.");
        }
    });
}
