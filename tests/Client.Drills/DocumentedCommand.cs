using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.Client.Drills;

/// <summary>A command of a page, and what the page says it answers or prints.</summary>
/// <param name="Text">The command: <c>curl</c>, or a module for Node.js.</param>
/// <param name="Answer">JSON that it answers; null where the page has none.</param>
/// <param name="Print">Text that it prints; null where the page has none.</param>
internal sealed record DocumentedCommand(string Text, string? Answer, string? Print)
{
    private const string Indent = "    ";

    /// <summary>Commands of a page that talk to the server on port 8080.</summary>
    public static IReadOnlyList<DocumentedCommand> ReadCommands(string page)
    {
        var commands = new List<DocumentedCommand>();
        string? between = null;
        foreach (var piece in SplitPieces(page))
        {
            if (!piece.StartsWith(Indent, StringComparison.Ordinal))
            {
                between = piece.Trim();
                continue;
            }

            var block = Outdent(piece);
            if (IsCommand(block))
            {
                commands.Add(new DocumentedCommand(block, null, null));
            }
            else if (commands.Count > 0 && between is "answers" or "prints")
            {
                commands[^1] = between == "answers" ? commands[^1] with { Answer = block } : commands[^1] with { Print = block };
            }
        }

        return commands;
    }

    /// <summary>Indented blocks of a page, without their indentation.</summary>
    public static IEnumerable<string> ReadBlocks(string page) => SplitPieces(page).Where(static p => p.StartsWith(Indent, StringComparison.Ordinal)).Select(Outdent);

    /// <summary>Runs it as somebody would who has just arrived: in an empty folder, with nothing in the environment but where programs are.</summary>
    /// <returns>Exit code, standard output and standard error.</returns>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(Uri server)
    {
        using var folder = new TempFolder();
        var text = Text.Replace("127.0.0.1:8080", server.Authority, StringComparison.Ordinal);
        string[] start = ["bash", "-euo", "pipefail", "-c", text];
        if (IsModule(Text))
        {
            Directory.CreateSymbolicLink(folder["node_modules"], Path.Combine(Checkout.FindNpmClients(), "node_modules"));
            await File.WriteAllTextAsync(folder["rank.mjs"], text, TestContext.Current.CancellationToken);
            start = ["node", "rank.mjs"];
        }

        await using var process = ProgramProcess.StartTool(
            "env", ["-i", $"PATH={Environment.GetEnvironmentVariable("PATH")}", $"HOME={folder.Path}", "LC_ALL=C.UTF-8", .. start], workingDirectory: folder.Path);
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (code, process.Output, process.Error);
    }

    private static bool IsCommand(string block) => block.StartsWith("curl ", StringComparison.Ordinal) || IsModule(block);

    private static bool IsModule(string block) => block.StartsWith("import ", StringComparison.Ordinal);

    private static string Outdent(string piece) => string.Join('\n', piece.Split('\n').Select(static line => line.Length > Indent.Length ? line[Indent.Length..] : ""));

    /// <summary>Paragraphs, and indented blocks with the empty lines inside them.</summary>
    private static List<string> SplitPieces(string page)
    {
        var pieces = new List<string>();
        foreach (var piece in File.ReadAllText(Path.Combine(Checkout.Root, page)).Split("\n\n").Select(static p => p.Trim('\n')))
        {
            if (pieces.Count > 0 && pieces[^1].StartsWith(Indent, StringComparison.Ordinal) && piece.StartsWith(Indent, StringComparison.Ordinal) && !IsCommand(Outdent(piece)))
            {
                pieces[^1] += "\n\n" + piece;
            }
            else
            {
                pieces.Add(piece);
            }
        }

        return pieces;
    }
}
