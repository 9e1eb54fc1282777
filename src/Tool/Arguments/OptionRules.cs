using System.CommandLine;
using System.Globalization;
using Reranker.Inference.Engines;

namespace Reranker.Tool.Arguments;

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

    /// <summary>Refuses numbers out of a range. What is no number at all is the parser's to refuse.</summary>
    public static void Within(this Option option, int minimum, int maximum) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(t => int.TryParse(t.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && (value < minimum || value > maximum)))
        {
            result.AddError($"{option.Name} takes a number from {minimum} to {maximum}.");
        }
    });

    /// <summary>Refuses a number below 0, and what counts as a number and is none: a limit of NaN would let everything through.</summary>
    public static void NotNegative(this Option option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && !(value >= 0))
        {
            result.AddError($"{option.Name} must be a number from 0.");
        }
    });

    /// <summary>Refuses options that say nothing without another one, where that one was not given.</summary>
    public static void RequireBeside(this Command command, Option owner, params Option[] options) => command.Validators.Add(result =>
    {
        if (result.GetResult(owner) is { Implicit: false })
        {
            return;
        }

        foreach (var option in options.Where(o => result.GetResult(o) is { Implicit: false }))
        {
            result.AddError($"{option.Name} belongs to {owner.Name}.");
        }
    });

    /// <summary>
    /// Takes the names of an enumeration in any case and nothing else: the parser's own reading takes numbers, and adds up
    /// lists of names to a value that nobody named.
    /// </summary>
    public static void AcceptNames<T>(this Option<T> option)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToArray();
        option.HelpName ??= string.Join('|', names);
        option.CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            var at = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (at >= 0)
            {
                return Enum.Parse<T>(names[at], ignoreCase: true);
            }

            result.AddError($"'{text}' is no value of {option.Name}; one of {string.Join(", ", names)}.");
            return default;
        };
    }

    /// <summary>An option that takes a list of device numbers.</summary>
    public static Option<IReadOnlyList<int>> CreateDeviceList(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "LIST",
        DefaultValueFactory = static _ => [],
        CustomParser = result =>
        {
            if (!DeviceList.TryParse(result.Tokens[^1].Value, out var devices))
            {
                result.AddError($"{name} {DeviceList.Rule}.");
            }

            return devices;
        },
    };
}
