using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// Sees to it that a silo comes after all that were at its address before. Orleans takes a silo's generation from the clock; after a
/// clock was ahead and was set back, the next silo would be older than the last one, and give way to it, though that one is gone.
/// </summary>
internal sealed class SiloGeneration(IOptions<EndpointOptions> endpoint)
{
    private const int Unknown = -1;

    private int _last = Unknown;

    /// <summary>Notes who was at this silo's address. It counts for addresses that are made later.</summary>
    public void NoteFormerSilos(MembershipTableData table) => Volatile.Write(ref _last, table.Members
        .Select(static m => m.Item1.SiloAddress)
        .Where(IsFormer)
        .Select(static a => a.Generation)
        .DefaultIfEmpty()
        .Max());

    /// <summary>Whether an address of the table is this silo's, in one of its former lives.</summary>
    public bool IsFormer(SiloAddress silo)
        => silo.Endpoint.Port == endpoint.Value.SiloPort && silo.Endpoint.Address.Equals(endpoint.Value.AdvertisedIPAddress);

    /// <summary>The address itself, or one that comes after those that were noted.</summary>
    /// <exception cref="InvalidOperationException">Nothing was noted yet: whoever makes a silo's parts before its store was read is at fault.</exception>
    public SiloAddress RaiseGeneration(SiloAddress address)
    {
        var last = Volatile.Read(ref _last);
        if (last == Unknown)
        {
            throw new InvalidOperationException("The silo's address is not known before its membership store was read.");
        }

        return address.Generation > last ? address : SiloAddress.New(address.Endpoint, last + 1);
    }
}
