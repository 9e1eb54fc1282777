namespace Reranker.ServiceDefaults.Configuration;

/// <summary>
/// The pattern of keys of one setting, such as <c>Gateway:ApiKeys:#:Key</c>: <c>#</c> is a number, <c>*</c> at the end a name, which
/// may hold colons.
/// </summary>
internal sealed record KnownSetting(string Pattern)
{
    /// <summary>Stands for the number of an entry.</summary>
    public const string Number = "#";

    /// <summary>Stands for the name of an entry.</summary>
    public const string Name = "*";

    private readonly string[] _steps = Pattern.Split(':');

    /// <summary>Whether entries have free names.</summary>
    public bool IsNamed => _steps[^1] == Name;

    /// <summary>All settings of an options type in a section.</summary>
    public static IEnumerable<KnownSetting> ListSettings(string section, Type options) => SettingProperty.ListProperties(options).SelectMany(property =>
    {
        var path = $"{section}:{property.Property.Name}";
        return property.Kind switch
        {
            SettingKind.Value => [new KnownSetting(path)],
            SettingKind.Group => ListSettings(path, property.Element),
            SettingKind.List => [new KnownSetting($"{path}:{Number}")],
            SettingKind.GroupList => ListSettings($"{path}:{Number}", property.Element),
            _ => ListNamedEntries(path, property.NamedEntries),
        };
    });

    /// <summary>Whether a key is of this setting.</summary>
    public bool Matches(ReadOnlySpan<string> key)
    {
        if (!IsNamed)
        {
            return key.Length == _steps.Length && MatchesPrefix(key, key.Length);
        }

        // A number with something below it is an entry of a list, which has patterns of its own.
        var name = _steps.Length - 1;
        return key.Length > name && MatchesPrefix(key, name) && !(key.Length > name + 1 && IsNumber(key[name]));
    }

    /// <summary>The step of this pattern behind a key, where the key is above it.</summary>
    public string? FindNextStep(ReadOnlySpan<string> key) => key.Length < _steps.Length && MatchesPrefix(key, key.Length) ? _steps[key.Length] : null;

    /// <summary>Whether a key lies below this setting, which is one value.</summary>
    public bool IsAbove(ReadOnlySpan<string> key) => !IsNamed && key.Length > _steps.Length && MatchesPrefix(key, _steps.Length);

    /// <summary>How far a key is from this pattern, in characters to change; the last step counts most.</summary>
    public double DistanceTo(ReadOnlySpan<string> key)
    {
        const double most = 2;
        if (key.Length > 1 && IsNumber(key[^1]))
        {
            key = key[..^1];
        }

        var parent = EditDistance.ComputeDistance(string.Join(':', key[..^1].ToArray().Select(GetPlaceholder)), string.Join(':', Steps[..^1]));
        return EditDistance.ComputeDistance(GetPlaceholder(key[^1]), Steps[^1]) + Math.Min(most, parent / 2.0);
    }

    /// <summary>The pattern with the numbers of a key, as a person would write it.</summary>
    public string FormatExample(ReadOnlySpan<string> key)
    {
        var example = new string[_steps.Length];
        for (var i = 0; i < example.Length; i++)
        {
            example[i] = _steps[i] switch
            {
                Number => i < key.Length && IsNumber(key[i]) ? key[i] : "0",
                Name => "NAME",
                var step => step,
            };
        }

        return string.Join(':', example);
    }

    /// <summary>Whether a step of a key is a number.</summary>
    public static bool IsNumber(string step) => step.Length > 0 && step.All(char.IsAsciiDigit);

    // The place where a slip of the pen would be: the name before the entries.
    private string[] Steps => _steps[^1] is Number or Name ? _steps[..^1] : _steps;

    private static string GetPlaceholder(string step) => IsNumber(step) ? Number : step;

    private static IEnumerable<KnownSetting> ListNamedEntries(string path, NamedEntriesAttribute? entries)
    {
        yield return new KnownSetting($"{path}:{Name}");
        if (entries is not null)
        {
            yield return new KnownSetting($"{path}:{Number}:{NamedEntriesAttribute.NameName}");
            yield return new KnownSetting($"{path}:{Number}:{entries.ValueName}");
        }
    }

    private bool MatchesPrefix(ReadOnlySpan<string> key, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var fits = _steps[i] switch
            {
                Number => IsNumber(key[i]),
                Name => true,
                var step => step.Equals(key[i], StringComparison.OrdinalIgnoreCase),
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }
}
