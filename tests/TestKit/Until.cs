using System.Runtime.CompilerServices;

namespace Reranker.TestKit;

/// <summary>Waits for something that another thread brings about and that cannot be awaited.</summary>
public static class Until
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    /// <summary>Looks every few milliseconds.</summary>
    /// <exception cref="TimeoutException">It did not become true within 60 s.</exception>
    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Most)
            {
                throw new TimeoutException($"Still not true after {Most.TotalSeconds} s: {what}");
            }

            await Task.Delay(Period);
        }
    }
}
