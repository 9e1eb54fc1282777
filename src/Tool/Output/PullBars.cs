using System.Collections.Concurrent;
using Spectre.Console;

namespace Reranker.Tool.Output;

/// <summary>A bar for each file that is fetched; nothing where standard error is no terminal, so that logs stay short.</summary>
internal static class PullBars
{
    private const int WidthForBars = 80;

    /// <summary>Runs a step that reports how many bytes of which file are there.</summary>
    public static async Task<T> ShowAsync<T>(Func<Action<string, long, long>?, Task<T>> step)
    {
        var console = Consoles.Error;
        if (Console.IsErrorRedirected)
        {
            return await step(null);
        }

        ProgressColumn[] columns = console.Profile.Width >= WidthForBars
            ? [new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn()]
            : [new TaskDescriptionColumn { Alignment = Justify.Left }, new PercentageColumn()];
        return await console.Progress().Columns(columns).StartAsync(context =>
        {
            var bars = new ConcurrentDictionary<string, ProgressTask>();
            return step((file, done, total) =>
            {
                var bar = bars.GetOrAdd(file, f => context.AddTask(Markup.Escape(f), maxValue: Math.Max(1, total)));
                bar.Value = total == 0 ? 1 : done;
            });
        });
    }
}
