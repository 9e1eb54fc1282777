using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Oracle;
using Reranker.Fuzz.Running;
using Reranker.Fuzz.Sending;
using Reranker.Inference.Models;

namespace Reranker.Fuzz;

/// <summary>Starts a gateway where none is named, sends the cases, and reports.</summary>
internal static class FuzzCommand
{
    private const int Parts = 10;
    private const int WarmParts = 2;
    private const int MoreHandles = 32;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static RootCommand Create()
    {
        var root = new RootCommand("Sends mutated requests to a gateway with the scripted engine and holds every reply against docs/http.md. Exits with 0 when all were right.");
        var arguments = new FuzzArguments();
        arguments.AddTo(root);
        root.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await StartAsync(arguments, parsed, cancellationToken);
            }
            catch (Exception e) when (e is ModelFolderException or InvalidOperationException or FileNotFoundException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 2;
            }
        });
        return root;
    }

    private static async Task<int> StartAsync(FuzzArguments arguments, ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = parsed.GetValue(arguments.Model) ?? new DirectoryInfo(Checkout.Find("models/mini"));
        using var scorer = new ScriptedScorer(ModelFolder.Open(folder.FullName));
        var model = ModelFolder.Open(folder.FullName).Manifest;
        if (parsed.GetValue(arguments.Url) is { } url)
        {
            var target = new CaseTarget(model.Name, model.Identity, parsed.GetValue(arguments.ApiKey), parsed.GetValue(arguments.AdminKey), HasHostRoutes: true);
            return await RunAsync(arguments, parsed, new FuzzSession(url, target, scorer, parsed.GetValue(arguments.ProcessId), null), cancellationToken);
        }

        var program = parsed.GetValue(arguments.Program) ?? new FileInfo(Checkout.Find("artifacts/bin/Reranker.Tool/release/reranker.dll"));
        var (served, address) = await ServedProgram.StartAsync(program, folder, cancellationToken);
        await using var _ = served;
        var own = new CaseTarget(model.Name, model.Identity, ServedProgram.ApiKey, ServedProgram.AdminKey, HasHostRoutes: true);
        return await RunAsync(arguments, parsed, new FuzzSession(address, own, scorer, served.Id, served), cancellationToken);
    }

    private static async Task<int> RunAsync(FuzzArguments arguments, ParseResult parsed, FuzzSession session, CancellationToken cancellationToken)
    {
        await session.WaitUntilReadyAsync(cancellationToken);
        if (parsed.GetValue(arguments.Replay) is { } file)
        {
            return await ReplayAsync(session.Url, await File.ReadAllBytesAsync(file.FullName, cancellationToken), cancellationToken);
        }

        var seed = parsed.GetValue(arguments.Seed);
        var run = new FuzzRun(
            session.Url,
            new CaseSource(seed, session.Target),
            new Reading(session.Target, parsed.GetValue(arguments.Expect)),
            new ReplyChecker(session.Target, session.Scorer),
            TimeSpan.FromSeconds(parsed.GetValue(arguments.Slack)));
        if (parsed.GetValue(arguments.Case) is { } one)
        {
            await run.RunAsync(one, 1, 1, 1, cancellationToken);
            var request = new CaseSource(seed, session.Target).Create(one);
            Console.WriteLine($"case {one} of seed {seed}: {string.Join(' ', request.Mutations)}");
            Console.WriteLine(run.Failures.TryPeek(out var found) ? found.Fault : "right");
            Console.WriteLine();
            return await ReplayAsync(session.Url, Requests.RequestBytes.Of(request), cancellationToken) | (run.Failures.IsEmpty ? 0 : 1);
        }

        return await RunAllAsync(arguments, parsed, session, run, cancellationToken);
    }

    private static async Task<int> RunAllAsync(FuzzArguments arguments, ParseResult parsed, FuzzSession session, FuzzRun run, CancellationToken cancellationToken)
    {
        var (first, count) = (parsed.GetValue(arguments.First), parsed.GetValue(arguments.Requests));
        var (connections, mostFailures) = (parsed.GetValue(arguments.Connections), parsed.GetValue(arguments.MaxFailures));
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(TimeSpan.FromMinutes(parsed.GetValue(arguments.MaxMinutes)));
        var states = new List<ServerState>();
        await session.WatchAsync(states, "before", cancellationToken);
        var started = Stopwatch.GetTimestamp();
        for (var part = 0; part < Parts && !time.IsCancellationRequested && run.Failures.Count < mostFailures; part++)
        {
            var (from, to) = (count * part / Parts, count * (part + 1) / Parts);
            await run.RunAsync(first + from, to - from, connections, mostFailures, time.Token);
            await session.WatchAsync(states, $"{run.Done:N0} cases, {run.Done / Stopwatch.GetElapsedTime(started).TotalSeconds:N0}/s, {run.Failures.Count} failures", cancellationToken);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);
        await session.WatchAsync(states, "after", cancellationToken);
        var faults = FailureReport.Write(run.Failures, parsed.GetValue(arguments.Seed), parsed.GetRequiredValue(arguments.Out)).ToList();
        faults.AddRange(Growth(states, parsed.GetValue(arguments.MaxGrowth)));
        faults.AddRange(session.Defects());
        Console.WriteLine($"{run.Done:N0} of {count:N0} cases of seed {parsed.GetValue(arguments.Seed)} in {elapsed.TotalSeconds:N0} s, {run.Done / elapsed.TotalSeconds:N0}/s");
        foreach (var line in run.Counts.Lines().Concat(faults))
        {
            Console.WriteLine(line);
        }

        return faults.Count == 0 && run.Done == count ? 0 : 1;
    }

    /// <summary>What the server holds at its end and did not hold when it was warm.</summary>
    private static IEnumerable<string> Growth(List<ServerState> states, long mostMegabytes)
    {
        if (states.Count <= WarmParts + 1)
        {
            yield break;
        }

        var (before, warm, after) = (states[0], states[WarmParts], states[^1]);
        if (after.ResidentMegabytes - warm.ResidentMegabytes > mostMegabytes)
        {
            yield return $"Resident memory grew by {after.ResidentMegabytes - warm.ResidentMegabytes} MB after the first {WarmParts} of {Parts} parts.";
        }

        if (after.Handles > before.Handles + MoreHandles)
        {
            yield return $"{after.Handles} handles are open, {before.Handles} were.";
        }

        if (after.ActiveRequests != 0)
        {
            yield return $"{after.ActiveRequests:0} requests are counted as in progress, and none is.";
        }
    }

    private static async Task<int> ReplayAsync(Uri url, byte[] bytes, CancellationToken cancellationToken)
    {
        Console.WriteLine(Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 4000))));
        Console.WriteLine("\n-----");
        using var connection = await RawConnection.OpenAsync(url, cancellationToken);
        await connection.SendAsync(bytes, cancellationToken);
        var reading = connection.ReadAsync(hasBody: !bytes.AsSpan().StartsWith("HEAD "u8), cancellationToken).AsTask();
        if (await Task.WhenAny(reading, Task.Delay(Settling, TimeProvider.System, cancellationToken)) != reading)
        {
            connection.EndSending();
        }

        var reply = await reading;
        Console.WriteLine(reply is null ? "no reply" : $"{reply.Status}\n{string.Join('\n', reply.Headers.Select(static h => $"{h.Name}: {h.Value}"))}\n\n{Encoding.UTF8.GetString(reply.Body)}");
        return 0;
    }
}
