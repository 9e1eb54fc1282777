namespace Reranker.Tool.Output;

/// <summary>Tells every few seconds how long something has taken that cannot say how far it is.</summary>
internal sealed class ElapsedTime : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly ITimer _timer;

    private ElapsedTime(ITimer timer) => _timer = timer;

    /// <summary>Writes a line to <paramref name="output"/> at every interval until it is disposed.</summary>
    public static ElapsedTime StartReporting(string what, TextWriter output, TimeProvider time)
    {
        var start = time.GetTimestamp();
        return new ElapsedTime(time.CreateTimer(
            _ => output.WriteLine(FormattableString.Invariant($"{what}: {time.GetElapsedTime(start).TotalSeconds:F0} s")), null, Interval, Interval));
    }

    public void Dispose() => _timer.Dispose();
}
