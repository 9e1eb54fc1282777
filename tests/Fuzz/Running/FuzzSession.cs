using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Oracle;

namespace Reranker.Fuzz.Running;

/// <summary>A gateway to send to, and what is known of it.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Target">What right requests to it have.</param>
/// <param name="Scorer">What it must score.</param>
/// <param name="ProcessId">Its process, where that is of this machine.</param>
/// <param name="Program">The program, where it was started for this.</param>
internal sealed record FuzzSession(Uri Url, CaseTarget Target, IPassageScorer Scorer, int? ProcessId, ServedProgram? Program)
{
    private static readonly HttpClient Http = new();
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var reply = await Http.GetAsync(new Uri(Url, "/health"), cancellationToken);
            if (reply.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Prints what the server holds, and keeps it.</summary>
    public async Task WatchAsync(List<ServerState> states, string when, CancellationToken cancellationToken)
    {
        if (ProcessId is { } id && Program is not { HasExited: true })
        {
            states.Add(await new ServerWatch(id, Url, Http).ReadAsync(cancellationToken));
            Console.WriteLine($"{when}: {states[^1]}");
        }
        else
        {
            Console.WriteLine(when);
        }
    }

    /// <summary>What the server says of itself.</summary>
    public IEnumerable<string> Defects()
    {
        if (Program is { HasExited: true })
        {
            yield return "The server ended.";
        }

        foreach (var line in Program?.Errors.Take(50) ?? [])
        {
            yield return $"server: {line}";
        }
    }
}
