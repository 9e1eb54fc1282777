using System.Text;
using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Oracle;
using Reranker.Fuzz.Running;
using Reranker.Inference.Models;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Drills;

/// <summary>
/// Mutated requests to <c>reranker serve</c> as a process: the scripted engine scores by the tokens of a pair, so that each score is
/// known, cut, chunked and shared batches included. <c>tests/Fuzz</c> sends as many as one likes.
/// </summary>
public sealed class FuzzDrills
{
    private const int Cases = 1500;
    private const int Connections = 4;

    // Far above what any machine needs: a hang is a hang, and a slow machine is none.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_mutated_request_gets_the_scores_of_its_passages_or_a_clear_error()
    {
        var (server, url) = await RerankerProgram.ServeScriptedAsync("0", new() { ["Scripted__BatchTime"] = "00:00:00.001" });
        await using var _ = server;
        var model = ModelFolder.Open(Path.Combine(AppContext.BaseDirectory, "models", "mini"));
        using var scorer = new ScriptedScorer(model);
        var target = new CaseTarget(model.Manifest.Name, model.Manifest.Identity, ApiKey: null, AdminKey: null, HasHostRoutes: true);
        await new FuzzSession(url, target, scorer, null, null).WaitUntilReadyAsync(Cancelled);
        var run = new FuzzRun(url, new CaseSource(3, target), new Reading(target, Expectations.All), new ReplyChecker(target, scorer), Slack);

        await run.RunAsync(first: 0, Cases, Connections, mostFailures: 20, Cancelled);

        Assert.True(run.Failures.IsEmpty, string.Join("\n\n", run.Failures.Select(static failure =>
            $"case {failure.Case} ({failure.Mutations}): {failure.Fault}\n{Encoding.UTF8.GetString(failure.Request)}\n-> {failure.Reply}")));
        Assert.Equal(Cases, run.Done);
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
    }
}
