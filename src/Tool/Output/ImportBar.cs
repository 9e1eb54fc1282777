using Reranker.Onnx;
using Spectre.Console;

namespace Reranker.Tool.Output;

/// <summary>The bar of an import on standard error.</summary>
internal static class ImportBar
{
    private const int WidthForBar = 60;

    /// <summary>Runs an import that reports its steps.</summary>
    public static Task<T> ShowAsync<T>(Func<IProgress<ImportProgress>, Task<T>> import)
    {
        var console = Consoles.Error;
        return console.Progress()
            .Columns(console.Profile.Width >= WidthForBar
                ? [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()]
                : [new TaskDescriptionColumn(), new PercentageColumn()])
            .StartAsync(context =>
            {
                var bar = context.AddTask("weights");
                return import(new ImmediateProgress<ImportProgress>(p =>
                {
                    bar.Description = Markup.Escape(p.Step);
                    bar.MaxValue = Math.Max(1, p.BytesTotal);
                    bar.Value = p.BytesDone;
                }));
            });
    }
}
