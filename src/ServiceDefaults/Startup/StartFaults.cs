using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>Which errors of a start are for the person who starts the program, and what to say of them.</summary>
public static class StartFaults
{
    /// <summary>A sentence for each fault; null for a fault of the program itself, which keeps its stack trace.</summary>
    /// <param name="exception">What ended the start.</param>
    /// <param name="isUserError">Whether the message of another exception says what to do.</param>
    public static IReadOnlyList<string>? Describe(Exception exception, Func<Exception, bool> isUserError)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(isUserError);
        return exception switch
        {
            SettingsException settings => settings.Faults,
            OptionsValidationException options => [.. options.Failures],
            AggregateException { InnerExceptions: [var only] } => Describe(only, isUserError),

            // Only the innermost says where in the file the error is.
            InvalidDataException { InnerException: { } inner } file => [$"{file.Message.TrimEnd('.')}: {inner.GetBaseException().Message}"],
            IOException or UnauthorizedAccessException or SocketException => [exception.Message],
            _ => isUserError(exception) ? [exception.Message] : null,
        };
    }
}
