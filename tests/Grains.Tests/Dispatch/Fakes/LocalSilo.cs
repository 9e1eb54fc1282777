namespace Reranker.Grains.Tests.Dispatch.Fakes;

/// <summary>The silo that code under test takes for its own.</summary>
internal sealed class LocalSilo(SiloAddress address) : ILocalSiloDetails
{
    public string Name => "local";

    public string ClusterId => "";

    public string DnsHostName => "";

    public SiloAddress SiloAddress => address;

    public SiloAddress GatewayAddress => address;
}
