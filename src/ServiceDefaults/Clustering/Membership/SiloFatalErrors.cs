namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// What Orleans calls when a silo cannot go on. One that was declared dead is told so without an exception and ends in good order;
/// what is a fault of the program goes to Orleans' own handler, which leaves a dump.
/// </summary>
internal sealed class SiloFatalErrors(IFatalErrorHandler orleans, DeclaredDeadExit end) : IFatalErrorHandler
{
    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => orleans.IsUnexpected(exception);

    /// <inheritdoc/>
    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (exception is null)
        {
            end.BeginProcessExit();
        }
        else
        {
            orleans.OnFatalException(sender, context, exception);
        }
    }
}
