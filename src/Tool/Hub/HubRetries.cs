using System.Globalization;

namespace Reranker.Tool.Hub;

/// <summary>Does something again that failed for a reason that may be over, after pauses that double, or as long as the hub asks for.</summary>
internal sealed class HubRetries(HubSettings settings)
{
    /// <summary>Runs a step until it succeeds, or fails for good.</summary>
    /// <exception cref="HubException">It failed for good, or too often in a row without any progress.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            TimeSpan pause;
            try
            {
                return await step(cancellationToken);
            }
            catch (PassingFaultException fault)
            {
                tries = fault.HasProgress ? 1 : tries;
                if (tries >= settings.MaxTries)
                {
                    throw new HubException(string.Create(CultureInfo.InvariantCulture, $"{fault.Message}, {tries} times in a row"), fault);
                }

                pause = fault.RetryAfter ?? FindPause(tries);
                if (pause > settings.MaxPause)
                {
                    throw new HubException(string.Create(
                        CultureInfo.InvariantCulture, $"{fault.Message} and wants to be left alone for {pause.TotalSeconds:0} s"), fault);
                }
            }

            await Task.Delay(pause, settings.Time, cancellationToken);
        }
    }

    private TimeSpan FindPause(int tries)
    {
        var pause = settings.FirstPause * Math.Pow(2, tries - 1);
        return pause < settings.MaxPause ? pause : settings.MaxPause;
    }
}
