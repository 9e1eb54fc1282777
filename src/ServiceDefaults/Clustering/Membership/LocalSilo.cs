namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>Who this silo is: as Orleans says, with an address that comes after all former silos there.</summary>
internal sealed class LocalSilo(ILocalSiloDetails details, SiloGeneration generation) : ILocalSiloDetails
{
    // The same whoever makes it. Who asks too early is refused, and only that once: a refusal that was kept would be the silo's end.
    private readonly Lazy<SiloAddress> _address = new(() => generation.RaiseGeneration(details.SiloAddress), LazyThreadSafetyMode.PublicationOnly);

    /// <inheritdoc/>
    public string Name => details.Name;

    /// <inheritdoc/>
    public string ClusterId => details.ClusterId;

    /// <inheritdoc/>
    public string DnsHostName => details.DnsHostName;

    /// <inheritdoc/>
    public SiloAddress SiloAddress => _address.Value;

    /// <inheritdoc/>
    public SiloAddress GatewayAddress => details.GatewayAddress;
}
