using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>
/// Checks that others of the cluster would take this process for what it is. One that they refuse would try for ever, and a silo with
/// the certificate of a gateway would not even end.
/// </summary>
internal sealed class ClusterCertificateCheck(ClusterTlsSettings settings, bool isSilo) : IStartCheck
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(FindFault() is { } fault
            ? [$"{ClusterSettings.Section}:{nameof(ClusterSettings.Tls)}:{nameof(settings.CertificatePath)} does not work for a {(isSilo ? "silo" : "gateway")}: {fault}."]
            : []);

    private string? FindFault()
    {
        try
        {
            return settings.CreateIdentity(TimeProvider.System).FindOwnFault(isSilo);
        }
        catch (IOException e)
        {
            return e.Message.TrimEnd('.');
        }
    }
}
