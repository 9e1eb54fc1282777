using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Logging;

/// <summary>
/// What the web server logs of TLS. Why a handshake failed it says for developers alone, with a stack of calls; an operator whose callers
/// are refused, for want of a certificate or over one, needs the reason in a line.
/// </summary>
internal sealed partial class HandshakeLogger(ILogger inner, ILogger own) : ILogger
{
    /// <summary>The web server's name of it.</summary>
    public const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => inner.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel) || (logLevel == LogLevel.Debug && own.IsEnabled(LogLevel.Information));

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Debug && exception is AuthenticationException)
        {
            LogHandshakeFailed(own, exception.Message);
        }

        if (inner.IsEnabled(logLevel))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    [LoggerMessage(ServiceEventIds.HandshakeFailed, LogLevel.Information, "An HTTPS connection was refused in its handshake: {Reason}")]
    private static partial void LogHandshakeFailed(ILogger logger, string reason);
}
