using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.LoadTest.Hostile;
using Reranker.LoadTest.Metrics;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Results;
using Reranker.LoadTest.Sending;
using Reranker.LoadTest.Targets;
using Reranker.LoadTest.Texts;
using Reranker.LoadTest.Verification;
using Spectre.Console;

namespace Reranker.LoadTest.Commands;

/// <summary>Makes requests, sends them, and reports.</summary>
internal static class LoadCommand
{
    private const int PassagesToVerify = 60;
    private const int PassagesOtherwise = 2000;
    private const int TableWidth = 120;
    private static readonly TimeSpan PatienceToConnect = TimeSpan.FromSeconds(30);

    public static RootCommand Create()
    {
        var root = new RootCommand("Loads reranker gateways over HTTP, or a cluster through its client, and reports latency, throughput, errors and wrong scores.");
        var arguments = new LoadArguments();
        arguments.AddTo(root);
        root.Subcommands.Add(HostileCommand.Create());
        root.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await RunAsync(arguments, parsed, cancellationToken);
            }
            catch (Exception e) when (e is LoadTestException or ModelFolderException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 2;
            }
        });
        return root;
    }

    private static async Task<int> RunAsync(LoadArguments arguments, ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = arguments.Options(parsed);
        var model = parsed.GetValue(arguments.Model) is { } folder ? ModelFolder.Open(folder.FullName) : null;
        await using ILoadTarget target = options.Cluster is { } cluster
            ? await ClusterTarget.ConnectAsync(cluster, options, PatienceToConnect, TimeProvider.System, cancellationToken)
            : new HttpTarget(options);
        var bodies = await BodiesAsync(arguments, parsed, target, model, cancellationToken);
        if (parsed.GetValue(arguments.Export) is { } export)
        {
            await File.WriteAllBytesAsync(export.FullName, JsonSerializer.SerializeToUtf8Bytes(bodies.Select(b => new { query = b.Query, passages = b.Passages })), cancellationToken);
            return 0;
        }

        if (parsed.GetValue(arguments.Scripted))
        {
            await ScriptedScores.ExpectAsync(bodies, model!, cancellationToken);
        }
        else if (parsed.GetValue(arguments.Verify) is not null)
        {
            await Console.Error.WriteLineAsync("scoring every pair alone");
            await PairsAlone.ExpectAsync(bodies, target, cancellationToken);
        }

        var metrics = parsed.GetRequiredValue(arguments.Metrics);
        await using var watch = metrics.Length > 0 ? await MetricsWatch.StartAsync(metrics, TimeProvider.System) : null;
        var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var recorder = await new LoadRun(options, target, bodies, TimeProvider.System).RunAsync(cancellationToken);
        var cores = (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(started);
        var report = recorder.Report(options, watch is null ? null : await watch.StopAsync()) with { DriverCores = cores };
        // Where the output is no terminal its width is unknown and the guess is too narrow for a figure a line.
        AnsiConsole.Profile.Width = Math.Max(TableWidth, AnsiConsole.Profile.Width);
        AnsiConsole.Write(LoadTable.Of(report));
        if (parsed.GetValue(arguments.Json) is { } file)
        {
            await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(report, JsonSerializerOptions.Web), cancellationToken);
        }

        return report.Passed(parsed.GetValue(arguments.AllowRefusals)) ? 0 : 1;
    }

    private static async Task<IReadOnlyList<LoadBody>> BodiesAsync(
        LoadArguments arguments, ParseResult parsed, ILoadTarget target, ModelFolder? model, CancellationToken cancellationToken)
    {
        var tokens = model is null
            ? await TextTokens.AskAsync(target, cancellationToken)
            : TextTokens.Of(TextTokenizers.Load(model));
        var random = new Random(parsed.GetValue(arguments.Seed));
        var pool = parsed.GetValue(arguments.Pool) ?? (parsed.GetValue(arguments.Verify) is null ? PassagesOtherwise : PassagesToVerify);
        var corpus = Corpus.Create(random, pool, parsed.GetRequiredValue(arguments.Length), tokens);
        var queries = Math.Min(parsed.GetValue(arguments.Queries), Sentences.Questions.Count);
        var passages = parsed.GetRequiredValue(arguments.Passages);
        return RandomBodies.Create(random, parsed.GetValue(arguments.Bodies), [.. Sentences.Questions.Take(queries)], corpus, passages);
    }
}
