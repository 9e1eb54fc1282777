using Reranker.Models;

namespace Reranker.Grains.Models;

/// <summary>
/// What was told to all silos beside their configurations. Every change is a new revision of the whole, so a silo that
/// missed some needs only the newest. A silo that was silent may have been told something else under the same number; so
/// each entry knows the revision of its last change, and two directives are put together entry by entry.
/// </summary>
[GenerateSerializer, Immutable, OmitDefaultMemberValues, Alias("reranker.model-directives")]
internal sealed record ModelDirectives
{
    /// <summary>Nothing was told.</summary>
    public static readonly ModelDirectives None = new();

    /// <summary>Counts up with every change.</summary>
    [Id(0)] public long Revision { get; init; }

    /// <summary>Models to load.</summary>
    [Id(1)] public ModelPlacement[] Loaded { get; init; } = [];

    /// <summary>Identities that get no requests and are unloaded, wherever they came from.</summary>
    [Id(2)] public string[] Retired { get; init; } = [];

    /// <summary>Shares, by name.</summary>
    [Id(3)] public RouteModel[] Routes { get; init; } = [];

    /// <summary>When each of <see cref="Retired"/> was; null from a silo that keeps no account of it.</summary>
    [Id(4)] public DirectiveRevision[]? RetiredAt { get; init; }

    /// <summary>When each name got its shares or lost them; null from a silo that keeps no account of it.</summary>
    [Id(5)] public DirectiveRevision[]? RoutedAt { get; init; }

    /// <summary>True when an identity is to be unloaded.</summary>
    public bool IsRetired(string identity) => Array.IndexOf(Retired, identity) >= 0;

    /// <summary>The weight of an identity among those of its name; null when none were set.</summary>
    public double? FindWeight(string name, string identity)
        => FindRoute(name) is { } route ? Array.Find(route.Shares, s => s.Identity == identity)?.Weight ?? 0 : null;

    /// <summary>The shares of a name, or null.</summary>
    public RouteModel? FindRoute(string name) => Array.Find(Routes, r => r.Name == name);

    /// <summary>
    /// What both say: of each entry the later change. The result does not depend on the order in which directives are put
    /// together, so all silos end with the same, whichever they heard first.
    /// </summary>
    public ModelDirectives Merge(ModelDirectives other)
    {
        var isOld = RoutedAt is null || other.RoutedAt is null;
        if (isOld && Revision != other.Revision)
        {
            // One without an account of its entries stands for everything up to its revision.
            return DirectiveEntries.FromDirectives(Revision > other.Revision ? this : other).ToDirectives();
        }

        return DirectiveEntries.FromDirectives(this).MergeEntries(DirectiveEntries.FromDirectives(other)).ToDirectives();
    }

    /// <summary>True when both say the same.</summary>
    public bool IsSameAs(ModelDirectives other)
        => Revision == other.Revision
            && Loaded.SequenceEqual(other.Loaded)
            && Retired.SequenceEqual(other.Retired)
            && Routes.Select(DirectiveEntries.FormatContent).SequenceEqual(other.Routes.Select(DirectiveEntries.FormatContent))
            && (RetiredAt ?? []).SequenceEqual(other.RetiredAt ?? [])
            && (RoutedAt ?? []).SequenceEqual(other.RoutedAt ?? []);
}
