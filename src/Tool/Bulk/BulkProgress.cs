using System.Globalization;
using Reranker.Tool.Output;
using Spectre.Console;

namespace Reranker.Tool.Bulk;

/// <summary>Shows how far a batch is: a bar on a terminal, a line now and then elsewhere.</summary>
internal static class BulkProgress
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shows it until the work has ended.</summary>
    /// <param name="tally">What is shown.</param>
    /// <param name="work">The work; it gets what writes a sentence.</param>
    /// <param name="time">The clock.</param>
    public static Task ShowAsync(BulkTally tally, Func<Action<string>, Task> work, TimeProvider time) =>
        Console.IsErrorRedirected ? ShowLinesAsync(tally, work, time) : ShowBarAsync(tally, work, time);

    /// <summary>The sentence of how far it is.</summary>
    public static string Describe(BulkTally tally, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? tally.Ended / elapsed.TotalSeconds : 0;
        var left = tally.Total - tally.Scored - tally.Failed;
        var rest = rate > 0 ? $", {TimeSpan.FromSeconds(Math.Ceiling(left / rate)):c} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{tally.Scored} of {tally.Total} lines scored, {tally.Failed} failed, {rate:0.0} a second{rest}");
    }

    private static async Task ShowLinesAsync(BulkTally tally, Func<Action<string>, Task> work, TimeProvider time)
    {
        var started = time.GetTimestamp();
        await using var timer = time.CreateTimer(_ => Console.Error.WriteLine(Describe(tally, time.GetElapsedTime(started))), null, LineInterval, LineInterval);
        await work(Console.Error.WriteLine);
    }

    private static Task ShowBarAsync(BulkTally tally, Func<Action<string>, Task> work, TimeProvider time) =>
        Consoles.Error.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                var started = time.GetTimestamp();
                var bar = context.AddTask("", maxValue: Math.Max(1, tally.Total));
                await using var timer = time.CreateTimer(_ => Update(), null, TimeSpan.Zero, BarInterval);
                await work(sentence => Consoles.Error.WriteLine(sentence));
                Update();

                void Update()
                {
                    bar.Value = tally.Scored + tally.Failed;
                    bar.Description = Describe(tally, time.GetElapsedTime(started)).EscapeMarkup();
                }
            });
}
