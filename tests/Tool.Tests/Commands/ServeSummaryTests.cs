using System.Text.Json;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary>What <c>reranker serve</c> says of itself when it is ready, and what it does not say.</summary>
public sealed class ServeSummaryTests
{
    private const string Key = "a-key-that-is-long-enough";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_lines_say_what_is_served_where_on_what_for_whom_and_how_to_try_it()
    {
        var (server, url) = await RerankerProgram.ServeAsync(["--engine", "auto"], environment: null);
        await using var _ = server;
        var attempt = await server.WaitForLineAsync("try      ", Cancelled);

        var lines = server.Output.Split('\n');
        var first = Array.FindIndex(lines, static l => l.StartsWith("serving", StringComparison.Ordinal));
        Assert.Contains("reranker-mini (int8)", lines[first], StringComparison.Ordinal);
        Assert.Equal($"at       {url.ToString().TrimEnd('/')}", lines[first + 1]);
        Assert.Matches("^on       (CPU|CUDA|TensorRT), .+; \\d+ workers?$", lines[first + 2]);
        Assert.StartsWith("keys     none needed", lines[first + 3], StringComparison.Ordinal);
        Assert.Equal(attempt, lines[first + 4]);
        Assert.DoesNotContain("cannot run model", server.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await AskAsync(attempt)).GetArrayLength());
    }

    [Fact]
    public async Task With_keys_it_says_so_and_shows_none()
    {
        var (server, _) = await RerankerProgram.ServeAsync(
            ["--engine", "scripted"],
            new Dictionary<string, string> { ["Gateway__ApiKeys__0__Tenant"] = "acme", ["Gateway__ApiKeys__0__Key"] = Key });
        await using var ended = server;
        var attempt = await server.WaitForLineAsync("try      ", Cancelled);

        Assert.Contains("keys     needed", server.Output, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer KEY", attempt, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, server.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await AskAsync(attempt.Replace("Bearer KEY", $"Bearer {Key}", StringComparison.Ordinal))).GetArrayLength());
    }

    [Fact]
    public async Task Where_logs_are_JSON_every_line_is()
    {
        await using var server = RerankerProgram.Start(
            new Dictionary<string, string> { ["Reranker__Logs"] = "Json" }, "serve", "--urls", "http://127.0.0.1:0", "--engine", "scripted");
        await server.WaitForLineAsync("\"EventId\":8001", Cancelled);

        Assert.All(server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => JsonDocument.Parse(line).Dispose());
    }

    // As a person would, who copies the line.
    private static async Task<JsonElement> AskAsync(string attempt)
    {
        await using var shell = Reranker.TestKit.Processes.ProgramProcess.StartTool("sh", ["-c", attempt["try      ".Length..]]);
        Assert.Equal(0, await shell.WaitForExitAsync(Cancelled));
        return JsonDocument.Parse(shell.Output).RootElement;
    }
}
