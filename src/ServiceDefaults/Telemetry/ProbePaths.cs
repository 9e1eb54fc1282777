using Microsoft.AspNetCore.Http;

namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>What orchestrators and Prometheus ask every few seconds. It is no user's request, so it makes no trace.</summary>
internal static class ProbePaths
{
    public const string Metrics = "/metrics";

    // "/" and "/ping" are probes of other servers' deployments.
    private static readonly PathString[] Roots = ["/health", "/v1/health", "/ping", Metrics];

    public static bool IsProbe(PathString path) => path.Value is "/" or "" || Array.Exists(Roots, root => path.StartsWithSegments(root));
}
