using System.Reflection;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>
/// The settings of all programs of the reranker. Silo, gateway and <c>reranker serve</c> share one set of environment variables, and
/// none of them sees the options of all: settings.txt lists them, and a test holds it against the option types. What a program
/// binds itself is known by its types.
/// </summary>
internal sealed class KnownSettings
{
    private const string List = "Reranker.ServiceDefaults.Configuration.settings.txt";

    private readonly KnownSetting[] _all;

    /// <summary>The listed settings and those of the given sections.</summary>
    public KnownSettings(IEnumerable<SettingsSection> sections) => _all =
        [.. ReadList().Concat(sections.SelectMany(static s => KnownSetting.ListSettings(s.Section, s.OptionsType))).Distinct()];

    /// <summary>The settings of settings.txt.</summary>
    public static IEnumerable<KnownSetting> ReadList()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(List)!);
        return [.. reader.ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith('#'))
            .Select(static line => new KnownSetting(line))];
    }

    /// <summary>Whether a key with a value is one of a setting.</summary>
    public bool Knows(string key)
    {
        var steps = key.Split(':');
        return Array.Exists(_all, s => s.Matches(steps));
    }

    /// <summary>What is wrong with a key that has a value, as a sentence behind its name; null when it is known.</summary>
    public string? FindFault(string key)
    {
        var steps = key.Split(':');
        if (Array.Exists(_all, s => s.Matches(steps)))
        {
            return null;
        }

        if (Array.Find(_all, s => s.FindNextStep(steps) is not null) is { } below)
        {
            return DescribeContainer(steps, below);
        }

        if (FindList(steps) is { } list)
        {
            return $"is no entry: entries have numbers, such as {list.FormatExample(steps)}.";
        }

        return Array.Find(_all, s => s.IsAbove(steps)) is { } value
            ? $"is below {value.FormatExample(steps)}, which takes one value."
            : $"is no setting; the nearest is {FindNearest(steps)}.";
    }

    // A list with a name where the number belongs.
    private KnownSetting? FindList(string[] steps)
    {
        for (var above = steps.Length - 1; above > 0; above--)
        {
            var parent = steps.AsSpan(0, above);
            foreach (var setting in _all)
            {
                if (setting.FindNextStep(parent) == KnownSetting.Number && !KnownSetting.IsNumber(steps[above]))
                {
                    return setting;
                }
            }
        }

        return null;
    }

    /// <summary>The listed key that an environment variable or another key outside the sections is meant for; null when there is none.</summary>
    public string? FindIntendedKey(string key)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        var first = colon < 0 ? key : key[..colon];
        if (Array.Exists(SettingsSection.Roots, r => r.Equals(first, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        // One underscore for two. Kubernetes names the address of a service RERANKER_PORT, which is no setting; free names do not
        // count there, since RERANKER_MODELS_PORT would be one.
        if (first.Contains('_', StringComparison.Ordinal))
        {
            var meant = key.Replace('_', ':').Split(':', StringSplitOptions.RemoveEmptyEntries);
            return Array.Find(_all, s => s.Matches(meant) && (colon > 0 || !s.IsNamed))?.FormatExample(meant);
        }

        const int slips = 2;
        var root = Array.Find(SettingsSection.Roots, r => EditDistance.ComputeDistance(r, first) <= slips);
        return root is not null && colon > 0 && Knows(root + key[colon..]) ? root + key[colon..] : null;
    }

    private string FindNearest(string[] steps)
    {
        var nearest = _all.MinBy(s => s.DistanceTo(steps))!;
        return nearest.FormatExample(steps);
    }

    private string DescribeContainer(string[] steps, KnownSetting below)
    {
        var parts = _all.Where(s => s.FindNextStep(steps) is not null).ToArray();
        return below.FindNextStep(steps) switch
        {
            KnownSetting.Number => $"is a list and takes no value itself: write {string.Join(" and ", parts.Select(p => p.FormatExample(steps)).Take(2))}.",
            KnownSetting.Name => $"takes no value itself: its entries have names, such as {below.FormatExample(steps)}.",
            _ => $"takes no value itself: it has {string.Join(", ", parts.Select(p => p.FindNextStep(steps)).Distinct())}, such as {below.FormatExample(steps)}.",
        };
    }
}
