using System.Globalization;
using Reranker.Models;

namespace Reranker.Grains.Models;

/// <summary>Directives by entry, each with the revision of its last change: a model is loaded or retired, a name has shares or none.</summary>
internal sealed class DirectiveEntries
{
    private readonly SortedDictionary<string, DirectiveEntry<ModelPlacement>> _models = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DirectiveEntry<RouteModel>> _routes = new(StringComparer.Ordinal);
    private long _revision;

    private DirectiveEntries(long revision) => _revision = revision;

    /// <summary>Takes directives apart.</summary>
    public static DirectiveEntries FromDirectives(ModelDirectives directives)
    {
        var entries = new DirectiveEntries(directives.Revision);
        foreach (var placement in directives.Loaded)
        {
            MergeEntry(entries._models, placement.Identity, new DirectiveEntry<ModelPlacement>(placement.Revision, placement), FormatContent);
        }

        foreach (var identity in directives.Retired)
        {
            MergeEntry(entries._models, identity, new DirectiveEntry<ModelPlacement>(FindRevision(directives.RetiredAt, identity, directives.Revision), null), FormatContent);
        }

        foreach (var route in directives.Routes)
        {
            MergeEntry(entries._routes, route.Name, new DirectiveEntry<RouteModel>(FindRevision(directives.RoutedAt, route.Name, directives.Revision), route), FormatContent);
        }

        foreach (var gone in directives.RoutedAt ?? [])
        {
            if (directives.FindRoute(gone.Key) is null)
            {
                MergeEntry(entries._routes, gone.Key, new DirectiveEntry<RouteModel>(gone.Revision, null), FormatContent);
            }
        }

        return entries;
    }

    /// <summary>The next revision, in which a change is made.</summary>
    public static DirectiveEntries StartRevision(ModelDirectives directives)
    {
        var entries = FromDirectives(directives);
        entries._revision++;
        return entries;
    }

    /// <summary>Has a model loaded.</summary>
    public DirectiveEntries LoadModel(ModelPlacement placement)
    {
        _models[placement.Identity] = new DirectiveEntry<ModelPlacement>(_revision, placement with { Revision = _revision });
        return this;
    }

    /// <summary>Has a model unloaded.</summary>
    public DirectiveEntries RetireModel(string identity)
    {
        _models[identity] = new DirectiveEntry<ModelPlacement>(_revision, null);
        return this;
    }

    /// <summary>Gives a name shares, or takes them away.</summary>
    public DirectiveEntries SetRoute(string name, RouteModel? route)
    {
        _routes[name] = new DirectiveEntry<RouteModel>(_revision, route);
        return this;
    }

    /// <summary>Adds others; the later change of an entry stays.</summary>
    public DirectiveEntries MergeEntries(DirectiveEntries others)
    {
        _revision = Math.Max(_revision, others._revision);
        foreach (var (identity, entry) in others._models)
        {
            MergeEntry(_models, identity, entry, FormatContent);
        }

        foreach (var (name, entry) in others._routes)
        {
            MergeEntry(_routes, name, entry, FormatContent);
        }

        return this;
    }

    /// <summary>The whole, in one order whatever order it came in.</summary>
    public ModelDirectives ToDirectives() => new()
    {
        Revision = _revision,
        Loaded = [.. _models.Values.Select(e => e.Content).OfType<ModelPlacement>()],
        Retired = [.. _models.Where(m => m.Value.Content is null).Select(m => m.Key)],
        Routes = [.. _routes.Values.Select(e => e.Content).OfType<RouteModel>()],
        RetiredAt = [.. _models.Where(m => m.Value.Content is null).Select(m => new DirectiveRevision(m.Key, m.Value.Revision))],
        RoutedAt = [.. _routes.Select(r => new DirectiveRevision(r.Key, r.Value.Revision))],
    };

    /// <summary>A route as text, equal for equal content.</summary>
    public static string FormatContent(RouteModel route)
        => $"{route.Name}\n{string.Join('\n', route.Shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Identity} {s.Weight:R}")))}";

    private static string FormatContent(ModelPlacement placement) => $"{placement.Name}\n{placement.Folder}";

    private static long FindRevision(DirectiveRevision[]? entryRevisions, string key, long fallback)
        => entryRevisions is null ? fallback : Array.Find(entryRevisions, r => r.Key == key)?.Revision ?? fallback;

    // Of two changes in one revision any may win, if it is the same one on every silo: the one that takes away, or else
    // the later one by its text.
    private static void MergeEntry<T>(SortedDictionary<string, DirectiveEntry<T>> entries, string key, DirectiveEntry<T> added, Func<T, string> text)
        where T : class
    {
        if (!entries.TryGetValue(key, out var known)
            || added.Revision > known.Revision
            || (added.Revision == known.Revision && known.Content is not null
                && (added.Content is null || string.CompareOrdinal(text(added.Content), text(known.Content)) > 0)))
        {
            entries[key] = added;
        }
    }

    private readonly record struct DirectiveEntry<T>(long Revision, T? Content)
        where T : class;
}
