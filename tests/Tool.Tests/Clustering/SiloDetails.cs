using static Reranker.Tool.Tests.Clustering.FakeMembershipTable;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>A silo as Orleans describes it.</summary>
internal sealed class SiloDetails : ILocalSiloDetails
{
    public string Name => "silo";

    public string ClusterId => "cluster";

    public string DnsHostName => "host";

    public SiloAddress SiloAddress => Address(1);

    public SiloAddress GatewayAddress => Address(1);
}
