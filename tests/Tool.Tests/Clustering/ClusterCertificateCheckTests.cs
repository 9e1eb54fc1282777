using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.TestKit;
using Reranker.TestKit.Certificates;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>A process that the others would refuse ends at its start, with one sentence.</summary>
public sealed class ClusterCertificateCheckTests : IDisposable
{
    private const string SiloName = "silo.reranker.internal";

    private readonly TempFolder _temp = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("stranger");

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_a_silo_does_for_a_silo_and_one_of_a_gateway_for_a_gateway()
    {
        _authority.Issue("silo", names: SiloName).WriteTo(_temp.Path);
        Assert.Null(await FindFaultAsync(isSilo: true));
        Assert.Null(await FindFaultAsync(isSilo: false));

        _authority.Issue("gateway", "client").WriteTo(_temp.Path);
        Assert.Null(await FindFaultAsync(isSilo: false));
    }

    [Fact]
    public async Task A_silo_with_the_certificate_of_a_gateway_does_not_start()
    {
        _authority.Issue("gateway", "client").WriteTo(_temp.Path);
        Assert.Contains("(CN=gateway) is not for servers (serverAuth)", await FindFaultAsync(isSilo: true), StringComparison.Ordinal);

        _authority.Issue("gateway").WriteTo(_temp.Path);
        Assert.Contains($"does not have the DNS name {SiloName}", await FindFaultAsync(isSilo: true), StringComparison.Ordinal);

        _authority.Issue("silo", "server", names: SiloName).WriteTo(_temp.Path);
        Assert.Contains("is not for clients (clientAuth)", await FindFaultAsync(isSilo: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_whose_certificate_silos_would_refuse_does_not_start()
    {
        _stranger.Issue("gateway").WriteTo(_temp.Path);
        Assert.Contains("comes from none of the authorities", await FindFaultAsync(isSilo: false), StringComparison.Ordinal);

        _authority.Issue("gateway", notAfter: TimeProvider.System.GetUtcNow().AddDays(-1)).WriteTo(_temp.Path);
        Assert.Contains("is not valid now", await FindFaultAsync(isSilo: false), StringComparison.Ordinal);

        _authority.Issue("gateway", "server").WriteTo(_temp.Path);
        Assert.Contains("is not for clients", await FindFaultAsync(isSilo: false), StringComparison.Ordinal);
    }

    private async Task<string?> FindFaultAsync(bool isSilo)
    {
        await File.WriteAllTextAsync(_temp["ca.crt"], _authority.Pem);
        var settings = new ClusterTlsSettings
        {
            CertificatePath = _temp["tls.crt"],
            KeyPath = _temp["tls.key"],
            CaPath = _temp["ca.crt"],
            SiloName = SiloName,
        };
        return (await new ClusterCertificateCheck(settings, isSilo).FindFaultsAsync(TestContext.Current.CancellationToken)).SingleOrDefault();
    }
}
