using System.Globalization;
using Microsoft.Net.Http.Headers;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Http;

/// <summary>
/// What every reply tells a browser: to take its type as it is said, to show it in nobody's frame, to tell nobody where it was, and,
/// over TLS, to come over nothing else. Pages say themselves what they may load.
/// </summary>
internal static class SecurityHeaders
{
    private const string ReferrerPolicy = "Referrer-Policy";

    /// <summary>Sets them before anything else answers; what answers may set others.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app, GatewayOptions options)
    {
        var seconds = (long)TimeSpan.FromDays(options.HstsDays).TotalSeconds;
        var hsts = seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}") : null;
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers[ReferrerPolicy] = "no-referrer";
            if (hsts is not null && context.Request.IsHttps)
            {
                headers[HeaderNames.StrictTransportSecurity] = hsts;
            }

            return next(context);
        });
    }
}
