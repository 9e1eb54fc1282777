using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>A silo that was declared dead says so in one line; Orleans would tell its membership and every message it cannot send.</summary>
internal sealed class ShutdownLogFilter
{
    private static readonly string[] Categories =
    [
        "Orleans.Runtime.MembershipService.MembershipTableManager",
    ];

    private volatile bool _begun;

    /// <summary>Lets nothing of it through from now on.</summary>
    public void StartSilencing() => _begun = true;

    /// <summary>Keeps what follows the end out of the logs.</summary>
    public void AddLogFilter(ILoggingBuilder logging)
    {
        foreach (var category in Categories)
        {
            logging.AddFilter(category, level => level >= LogLevel.Warning && !_begun);
        }
    }
}
