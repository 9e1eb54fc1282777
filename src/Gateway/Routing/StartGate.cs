using Reranker.Gateway.Errors;
using Reranker.ServiceDefaults.Health;

namespace Reranker.Gateway.Routing;

/// <summary>
/// Where edge and silo share a process, the web server may listen before the silo is a member of its cluster. Until then only probes
/// and what else is read are answered; what would need the silo is told to come again.
/// </summary>
internal static class StartGate
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Adds the gate, in a process that has a silo.</summary>
    public static void UseStartGate(this WebApplication app)
    {
        if (app.Services.GetService<StartProgress>() is { } start)
        {
            app.Use((context, next) => start.WaitsFor is { } what && NeedsSilo(context.Request)
                ? RouteErrors.WriteErrorAsync(context, new GatewayError(GatewayErrorKind.Unavailable, $"This process still waits for {what}.", RetryAfter: RetryAfter))
                : next(context));
        }
    }

    private static bool NeedsSilo(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || request.Path.StartsWithSegments("/admin");
}
