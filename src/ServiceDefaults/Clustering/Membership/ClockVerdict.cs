using System.Globalization;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>Which clock is wrong: this machine's, the store's, or a member's.</summary>
/// <param name="Store">The store's clock; null where it is not known.</param>
/// <param name="Members">The other members' clocks, as far as they are known.</param>
internal sealed record ClockVerdict(ClockOffset? Store, IReadOnlyDictionary<SiloAddress, ClockOffset> Members)
{
    private const int Two = 2;

    /// <summary>Whether the store's clock differs.</summary>
    public bool StoreDiffers => Store is { IsTooLarge: true };

    /// <summary>The members whose clocks differ.</summary>
    public IEnumerable<KeyValuePair<SiloAddress, ClockOffset>> Differing => Members.Where(static m => m.Value.IsTooLarge);

    /// <summary>
    /// Whether this machine's clock is the wrong one: neither the store nor most of the members agree with it. The word of one
    /// clock alone does not decide, or a store whose own clock is wrong would keep every silo from starting.
    /// </summary>
    public bool IsOwnWrong
    {
        get
        {
            if (Store is { IsTooLarge: false })
            {
                return false;
            }

            var differing = Differing.Count();
            var against = differing + (Store is null ? 0 : 1);
            var beside = Members.Count - differing + 1;
            return against >= Two && (Store is null ? against > beside : against >= beside);
        }
    }

    /// <summary>Where this clock is, compared with the others, as a clause.</summary>
    public string Describe()
    {
        var differing = Differing.Select(static m => m.Value).ToArray();
        var ahead = -(Store is { IsTooLarge: true } store ? store.Ahead : differing.Length > 0 ? differing[0].Ahead : TimeSpan.Zero);
        string[] others =
        [
            .. StoreDiffers ? (string[])["the membership store's"] : [],
            .. differing.Length > 0 ? (string[])[$"those of {differing.Length} of {Members.Count} other silos"] : [],
        ];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ahead.Duration().TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} {string.Join(" and ", others)}");
    }
}
