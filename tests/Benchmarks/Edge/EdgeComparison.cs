using System.Diagnostics;
using System.Text.Json;

namespace Reranker.Benchmarks.Edge;

/// <summary>
/// Requests a second of the gateway beside those of a bare endpoint, each in a process of its own, by the same client: in turn, over and
/// over, so that what else the machine does meanwhile slows both. Of the rounds' ratios the median counts.
/// </summary>
internal static class EdgeComparison
{
    /// <summary>The argument that asks for it.</summary>
    public const string Option = "--edge";

    private const int Connections = 8;
    private const int CharactersOfPassage = 500;

    private const int Rounds = 24;

    // Until all of a server's code is compiled in its last form, by calls and not by time: a busy machine takes longer.
    private const int CallsToWarmUp = 5000;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    /// <summary>Measures both sizes of request.</summary>
    /// <param name="isDry">Whether to take one turn each, to see that it works.</param>
    public static async Task RunAsync(bool isDry)
    {
        await using var bare = await EdgeProcess.StartAsync(EdgeServer.Bare);
        await using var gateway = await EdgeProcess.StartAsync(EdgeServer.Gateway);
        Console.WriteLine($"{"passages",9} {"bare, 1/s",10} {"gateway",10} {"ratio",7} {"quartiles",12} {"processor time, bare",21} {"gateway",10} {"ratio",7}");
        foreach (var passages in (int[])[8, 100])
        {
            await CompareAsync(bare, gateway, passages, isDry);
        }
    }

    private static async Task CompareAsync(EdgeProcess bare, EdgeProcess gateway, int passages, bool isDry)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { query = "which bridge was built", texts = SampleTexts.CreatePassages(passages, CharactersOfPassage) });
        var (ofBare, ofGateway) = (CreateCallers(bare, body), CreateCallers(gateway, body));
        foreach (var (server, callers) in isDry ? [] : ((EdgeProcess, EdgeCaller[])[])[(bare, ofBare), (gateway, ofGateway)])
        {
            for (var calls = 0; calls < CallsToWarmUp;)
            {
                calls += (await MeasureAsync(server, callers)).Calls;
            }
        }

        var pairs = new (Measured Bare, Measured Gateway)[isDry ? 1 : Rounds];
        for (var round = 0; round < pairs.Length; round++)
        {
            // Who is first changes, since the first of two may find the machine otherwise than the second.
            pairs[round] = round % 2 == 0
                ? (await MeasureAsync(bare, ofBare), await MeasureAsync(gateway, ofGateway))
                : Swap(await MeasureAsync(gateway, ofGateway), await MeasureAsync(bare, ofBare));
        }

        foreach (var caller in ofBare.Concat(ofGateway))
        {
            caller.Dispose();
        }

        WriteRow(passages, pairs);
    }

    private static void WriteRow(int passages, (Measured Bare, Measured Gateway)[] pairs)
    {
        var ratios = pairs.Select(static pair => pair.Gateway.PerSecond / pair.Bare.PerSecond).Order().ToArray();
        var (bare, gateway) = (FindMedian(pairs.Select(static pair => pair.Bare.PerSecond)), FindMedian(pairs.Select(static pair => pair.Gateway.PerSecond)));
        var (bareTime, gatewayTime) = (FindMedian(pairs.Select(static pair => pair.Bare.Microseconds)), FindMedian(pairs.Select(static pair => pair.Gateway.Microseconds)));
        Console.WriteLine(
            $"{passages,9} {bare,10:0} {gateway,10:0} {FindMedian(ratios),7:0.00} {$"{ratios[ratios.Length / 4]:0.00}-{ratios[ratios.Length * 3 / 4]:0.00}",12} "
            + $"{bareTime,18:0} us {gatewayTime,7:0} us {bareTime / gatewayTime,7:0.00}");
    }

    private static EdgeCaller[] CreateCallers(EdgeProcess server, byte[] body) =>
        [.. Enumerable.Range(0, Connections).Select(_ => new EdgeCaller(server.Port, body))];

    private static async Task<Measured> MeasureAsync(EdgeProcess server, EdgeCaller[] callers)
    {
        var (started, processor) = (Stopwatch.GetTimestamp(), server.ProcessorTime);
        var calls = (await Task.WhenAll(callers.Select(caller => CallForATurnAsync(caller, started)))).Sum();
        return new Measured(calls, calls / Stopwatch.GetElapsedTime(started).TotalSeconds, (server.ProcessorTime - processor).TotalMicroseconds / calls);
    }

    private static async Task<int> CallForATurnAsync(EdgeCaller caller, long started)
    {
        var calls = 0;
        for (; Stopwatch.GetElapsedTime(started) < Turn; calls++)
        {
            await caller.CallAsync();
        }

        return calls;
    }

    private static (Measured Bare, Measured Gateway) Swap(Measured gateway, Measured bare) => (bare, gateway);

    private static double FindMedian(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private readonly record struct Measured(int Calls, double PerSecond, double Microseconds);
}
