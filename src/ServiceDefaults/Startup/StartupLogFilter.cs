using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>
/// An error at the start ends the program with one readable sentence; .NET and Orleans would print its stack several times before.
/// Once the program has started, they say what they have to say.
/// </summary>
internal sealed class StartupLogFilter
{
    private static readonly string[] Categories =
    [
        "Orleans.Runtime.SiloLifecycleSubject",
        "Orleans.Runtime.Silo",
        "Microsoft.Extensions.Hosting.Internal.Host",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    private volatile bool _ended;

    /// <summary>Lets everything through from now on.</summary>
    public void StopSilencing() => _ended = true;

    /// <summary>Keeps errors of the start out of the logs.</summary>
    public void AddLogFilter(ILoggingBuilder logging)
    {
        foreach (var category in Categories)
        {
            logging.AddFilter(category, level => level >= LogLevel.Warning && (_ended || level < LogLevel.Error));
        }
    }
}
