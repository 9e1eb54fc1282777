using Spectre.Console;

namespace Reranker.Tool.Output;

/// <summary>Standard output carries results; progress and messages go to standard error, so that a pipe gets results alone.</summary>
internal static class Consoles
{
    /// <summary>Results.</summary>
    public static IAnsiConsole Out { get; } = AnsiConsole.Console;

    /// <summary>Progress and messages.</summary>
    public static IAnsiConsole Error { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
}
