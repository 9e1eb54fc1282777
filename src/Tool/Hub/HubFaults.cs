using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;

namespace Reranker.Tool.Hub;

/// <summary>What the hub's refusals and a broken connection mean, in one sentence each. Nothing of a reply's text is repeated.</summary>
internal sealed class HubFaults(HubSettings settings)
{
    private const string CodeHeader = "X-Error-Code";

    private string Host => settings.Endpoint.Authority;

    /// <summary>The fault that a reply tells; null for one that is none.</summary>
    public Exception? Find(HttpResponseMessage reply, HubReference model, string? file)
    {
        if (reply.IsSuccessStatusCode)
        {
            return null;
        }

        var code = reply.Headers.TryGetValues(CodeHeader, out var values) ? values.FirstOrDefault() : null;
        return (reply.StatusCode, code) switch
        {
            (_, "GatedRepo") => new HubException(
                $"{model.Repository} is gated: accept its terms at {settings.Address}/{model.Repository} and set HF_TOKEN to a token of that account"),
            (_, "RevisionNotFound") => new HubException($"{model.Repository} has no revision '{model.Revision}'"),
            (_, "RepoNotFound") => new HubException(DescribeUnknown(model)),
            (_, "DisabledRepo") => new HubException($"{model.Repository} is disabled by {Host}"),
            (HttpStatusCode.Unauthorized, _) => new HubException(settings.Token is null
                ? $"{Host} shows {model.Repository} to nobody without a token: set HF_TOKEN (401)"
                : $"{Host} does not accept the token of HF_TOKEN or of the token file (401)"),
            (HttpStatusCode.Forbidden, _) => new HubException(
                $"{Host} refuses {model.Repository} to {(settings.Token is null ? "callers without a token: set HF_TOKEN" : "this token")} (403)"),
            (HttpStatusCode.NotFound, _) => new HubException(file is null
                ? model.Revision == HubReference.DefaultRevision ? DescribeUnknown(model) : $"{Host} has no {model.Repository} with a revision '{model.Revision}' (404)"
                : $"{model} has no file {file} (404)"),
            (HttpStatusCode.TooManyRequests, _) => CreatePassing($"{Host} has been asked too often (429)", reply),
            (HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError, _) => CreatePassing(
                $"{Host} cannot answer now ({(int)reply.StatusCode})", reply),
            _ => new HubException($"{Host} answers {(int)reply.StatusCode} for {file ?? model.ToString()}"),
        };
    }

    /// <summary>What a request that got no reply met.</summary>
    public Exception Describe(HttpRequestException error, Uri url)
    {
        var host = url.Authority;
        var way = settings.FindProxy(url) is { } proxy ? $" through the proxy {proxy.Authority}" : "";
        return error.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => new HubException(
                $"the TLS connection to {host} cannot be made: {FindReason(error)}; SSL_CERT_FILE names an authority of your own", error),
            HttpRequestError.NameResolutionError => new PassingFaultException($"{host} cannot be found{way}: {FindReason(error)}", error),
            HttpRequestError.ProxyTunnelError => new HubException($"the proxy lets nobody through to {host}: {FindReason(error)}", error),
            HttpRequestError.ConnectionError => new PassingFaultException($"{host} cannot be reached{way}: {FindReason(error)}", error),
            HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => new HubException(
                $"{host} answers as no hub does: {FindReason(error)}", error),
            _ => new PassingFaultException($"the connection to {host} was cut: {FindReason(error)}", error),
        };
    }

    /// <summary>Nothing that would count came for too long.</summary>
    public PassingFaultException DescribeStall(Uri url, bool hasProgress = false) => new(string.Create(
        CultureInfo.InvariantCulture, $"{url.Authority} sent nothing or next to nothing for {settings.StallTime.TotalSeconds:0.#} s"))
    { HasProgress = hasProgress };

    private string DescribeUnknown(HubReference model) => settings.Token is null
        ? $"{Host} has no model {model.Repository}, or shows it only to who has a token: set HF_TOKEN then"
        : $"{Host} has no model {model.Repository}, or does not show it to this token";

    private PassingFaultException CreatePassing(string message, HttpResponseMessage reply)
        => new(message) { RetryAfter = ReadPause(reply.Headers.RetryAfter) };

    private TimeSpan? ReadPause(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => TimeSpan.FromTicks(Math.Max(0, (date - settings.Time.GetUtcNow()).Ticks)),
        _ => null,
    };

    // The outermost says that there was an error, the innermost which one.
    private static string FindReason(Exception error)
    {
        var reason = error.InnerException is AuthenticationException authentication ? authentication.Message : error.GetBaseException().Message;
        return reason.ReplaceLineEndings(" ").TrimEnd('.', ' ');
    }
}
