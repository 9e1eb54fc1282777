using Microsoft.Extensions.Configuration;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>Checks that the address of the collector is one; whether it answers is not asked, since work goes on without it.</summary>
internal sealed class CollectorCheck(IConfiguration configuration, string key) : IStartCheck
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken)
    {
        // The value is not repeated: a URL may hold a password.
        var text = configuration[key];
        var isAddress = string.IsNullOrEmpty(text)
            || (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https"));
        return Task.FromResult<IReadOnlyList<string>>(isAddress ? [] : [$"{key} is no URL, such as http://collector:4317."]);
    }
}
