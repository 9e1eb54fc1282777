using System.CommandLine;
using System.CommandLine.Parsing;

namespace Reranker.Tool.Arguments;

/// <summary>Options that count in one use of a command. Help names the use before each, and in another use they are refused, not ignored.</summary>
internal sealed class OptionGroup
{
    private readonly Option[] _options;

    private OptionGroup(Option[] options) => _options = options;

    /// <summary>Adds options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="use">The use of the command, as help has it.</param>
    /// <param name="add">Adds them.</param>
    public static OptionGroup AddTo(Command command, string use, Action<Command> add)
    {
        var before = command.Options.Count;
        add(command);
        Option[] added = [.. command.Options.Skip(before)];
        foreach (var option in added)
        {
            option.Description = $"{use}: {LowerFirst(option.Description ?? "")}";
        }

        return new OptionGroup(added);
    }

    /// <summary>Refuses what was given of them.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="why">Why it cannot count, behind the option's name.</param>
    public void Refuse(CommandResult result, string why)
    {
        foreach (var option in _options.Where(o => result.GetResult(o) is { Implicit: false }))
        {
            result.AddError($"{option.Name} {why}.");
        }
    }

    // Not that of an abbreviation.
    private static string LowerFirst(string text) =>
        text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
