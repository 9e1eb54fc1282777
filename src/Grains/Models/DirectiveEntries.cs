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
    public static DirectiveEntries Of(ModelDirectives told)
    {
        var entries = new DirectiveEntries(told.Revision);
        foreach (var placement in told.Loaded)
        {
            Add(entries._models, placement.Identity, new DirectiveEntry<ModelPlacement>(placement.Revision, placement), Text);
        }

        foreach (var identity in told.Retired)
        {
            Add(entries._models, identity, new DirectiveEntry<ModelPlacement>(RevisionOf(told.RetiredAt, identity, told.Revision), null), Text);
        }

        foreach (var route in told.Routes)
        {
            Add(entries._routes, route.Name, new DirectiveEntry<RouteModel>(RevisionOf(told.RoutedAt, route.Name, told.Revision), route), Text);
        }

        foreach (var gone in told.RoutedAt ?? [])
        {
            if (told.Route(gone.Key) is null)
            {
                Add(entries._routes, gone.Key, new DirectiveEntry<RouteModel>(gone.Revision, null), Text);
            }
        }

        return entries;
    }

    /// <summary>The next revision, in which a change is made.</summary>
    public static DirectiveEntries After(ModelDirectives told)
    {
        var entries = Of(told);
        entries._revision++;
        return entries;
    }

    /// <summary>Has a model loaded.</summary>
    public DirectiveEntries Load(ModelPlacement placement)
    {
        _models[placement.Identity] = new DirectiveEntry<ModelPlacement>(_revision, placement with { Revision = _revision });
        return this;
    }

    /// <summary>Has a model unloaded.</summary>
    public DirectiveEntries Retire(string identity)
    {
        _models[identity] = new DirectiveEntry<ModelPlacement>(_revision, null);
        return this;
    }

    /// <summary>Gives a name shares, or takes them away.</summary>
    public DirectiveEntries Route(string name, RouteModel? route)
    {
        _routes[name] = new DirectiveEntry<RouteModel>(_revision, route);
        return this;
    }

    /// <summary>Adds others; the later change of an entry stays.</summary>
    public DirectiveEntries Add(DirectiveEntries others)
    {
        _revision = Math.Max(_revision, others._revision);
        foreach (var (identity, entry) in others._models)
        {
            Add(_models, identity, entry, Text);
        }

        foreach (var (name, entry) in others._routes)
        {
            Add(_routes, name, entry, Text);
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
    public static string Text(RouteModel route)
        => $"{route.Name}\n{string.Join('\n', route.Shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Identity} {s.Weight:R}")))}";

    private static string Text(ModelPlacement placement) => $"{placement.Name}\n{placement.Folder}";

    private static long RevisionOf(DirectiveRevision[]? account, string key, long whole)
        => account is null ? whole : Array.Find(account, r => r.Key == key)?.Revision ?? whole;

    // Of two changes in one revision any may win, if it is the same one on every silo: the one that takes away, or else
    // the later one by its text.
    private static void Add<T>(SortedDictionary<string, DirectiveEntry<T>> entries, string key, DirectiveEntry<T> added, Func<T, string> text)
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
