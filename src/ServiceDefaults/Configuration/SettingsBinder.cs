using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>
/// Sets options from the configuration, as .NET's own binder does, but refuses what that one drops or misreads, all at once and by
/// the keys that an operator wrote: values where lists belong, names with colons, durations without a unit.
/// </summary>
internal sealed class SettingsBinder(IConfiguration configuration)
{
    private readonly List<string> _faults = [];

    /// <summary>A sentence for each value that did not fit; the option then keeps its default.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Sets what a section says.</summary>
    public void Bind(object options, string section)
    {
        foreach (var property in SettingProperty.ListProperties(options.GetType()))
        {
            var path = $"{section}:{property.Property.Name}";
            switch (property.Kind)
            {
                case SettingKind.Value:
                    if (TryRead(property, path, out var value))
                    {
                        property.Property.SetValue(options, value);
                    }

                    break;
                case SettingKind.Group:
                    RefuseValue(path, "it has settings of its own below it");
                    Bind(property.Property.GetValue(options)!, path);
                    break;
                case SettingKind.Names:
                    RefuseValue(path, "its entries have names");
                    BindNames(property, (IDictionary)property.Property.GetValue(options)!, path);
                    break;
                default:
                    RefuseValue(path, $"it is a list, whose first entry is {path}:0");
                    BindList(property, options, path);
                    break;
            }
        }
    }

    /// <summary>The sentence for a value that does not fit. A secret is not repeated.</summary>
    public static string FormatRefusal(string path, string text, string rule, bool isSecret) => isSecret ? $"{path} {rule}." : $"{path} is '{text}'; it {rule}.";

    // Names with colons are split by .NET into keys below keys: whatever stands below the option is a name.
    private void BindNames(SettingProperty property, IDictionary target, string path)
    {
        var entries = configuration.GetSection(path).AsEnumerable(makePathsRelative: true)
            .Where(static e => e.Value is not null && e.Key.Length > 0)
            .OrderBy(static e => e.Key, ConfigurationKeyComparer.Instance);
        var listed = new SortedDictionary<string, (string? Name, string? Value)>(ConfigurationKeyComparer.Instance);
        foreach (var (key, text) in entries)
        {
            if (ParseEntryKey(key, property.NamedEntries) is not var (number, isName))
            {
                AddEntry(property, target, $"{path}:{key}", key, text!, key);
                continue;
            }

            var entry = listed.GetValueOrDefault(number);
            listed[number] = isName ? (text, entry.Value) : (entry.Name, text);
        }

        foreach (var (number, (name, value)) in listed)
        {
            var (nameKey, valueKey) = ($"{path}:{number}:{NamedEntriesAttribute.NameName}", $"{path}:{number}:{property.NamedEntries!.ValueName}");
            if (string.IsNullOrWhiteSpace(name) || KnownSetting.IsNumber(name))
            {
                _faults.Add($"{nameKey} must be a name, beside {valueKey}.");
            }
            else if (value is null)
            {
                _faults.Add($"{valueKey} is missing beside {nameKey}.");
            }
            else
            {
                AddEntry(property, target, valueKey, name, value, null);
            }
        }
    }

    private void AddEntry(SettingProperty property, IDictionary target, string path, string name, string text, string? key)
    {
        if (key is not null && property.NamedEntries is { } entries && FindNonsense(path, key, entries) is { } nonsense)
        {
            _faults.Add(nonsense);
        }
        else if (SettingValue.Parse(property.Element, text, out var value) is { } rule)
        {
            _faults.Add(FormatRefusal(path, text, rule, property.IsSecret));
        }
        else if (target.Contains(name))
        {
            _faults.Add($"{path} gives the name {name} a second time.");
        }
        else
        {
            target.Add(name, value);
        }
    }

    // Entries in a form that would become a name which nobody means.
    private static string? FindNonsense(string path, string key, NamedEntriesAttribute entries)
    {
        var steps = key.Split(':');
        if (steps.Length == 1)
        {
            return KnownSetting.IsNumber(key) && !entries.AllowPositions
                ? $"{path} has no name: write {path}:{NamedEntriesAttribute.NameName} and {path}:{entries.ValueName}."
                : null;
        }

        return KnownSetting.IsNumber(steps[0])
            ? $"{path} is no setting; an entry of the list has {NamedEntriesAttribute.NameName} and {entries.ValueName}."
            : steps[^1].Equals(entries.ValueName, StringComparison.OrdinalIgnoreCase)
                ? $"{path} is no setting; an entry with a name is the value itself, and one with a {entries.ValueName} has a number and a {NamedEntriesAttribute.NameName}."
                : null;
    }

    private static (string Number, bool IsName)? ParseEntryKey(string key, NamedEntriesAttribute? entries)
    {
        if (entries is null || key.Split(':') is not [var number, var part] || !KnownSetting.IsNumber(number))
        {
            return null;
        }

        var isName = part.Equals(NamedEntriesAttribute.NameName, StringComparison.OrdinalIgnoreCase);
        return isName || part.Equals(entries.ValueName, StringComparison.OrdinalIgnoreCase) ? (number, isName) : null;
    }

    private void BindList(SettingProperty property, object options, string path)
    {
        var elements = new List<object?>();
        foreach (var child in configuration.GetSection(path).GetChildren())
        {
            if (!KnownSetting.IsNumber(child.Key))
            {
                // The name is not repeated: where a number belongs stands, as likely as not, a key.
                _faults.Add($"{path} is a list whose entries have numbers, such as {path}:0, and one of them has a name.");
            }
            else if (property.Kind == SettingKind.List)
            {
                if (TryRead(property, child.Path, out var value))
                {
                    elements.Add(value);
                }
            }
            else
            {
                var element = Activator.CreateInstance(property.Element)!;
                RefuseValue(child.Path, $"it has {string.Join(", ", SettingProperty.ListProperties(property.Element).Select(static p => p.Property.Name))} below it");
                Bind(element, child.Path);
                elements.Add(element);
            }
        }

        if (elements.Count > 0)
        {
            SetElements(property, options, elements);
        }
    }

    private static void SetElements(SettingProperty property, object options, List<object?> elements)
    {
        if (property.Property.SetMethod?.IsPublic == true)
        {
            var array = Array.CreateInstance(property.Element, elements.Count);
            ((IList)elements).CopyTo(array, 0);
            property.Property.SetValue(options, property.Property.PropertyType.IsAssignableFrom(array.GetType())
                ? array
                : Activator.CreateInstance(property.Property.PropertyType, array));
            return;
        }

        var list = (IList)property.Property.GetValue(options)!;
        elements.ForEach(e => list.Add(e));
    }

    private bool TryRead(SettingProperty property, string path, out object? value)
    {
        value = null;
        if (configuration[path] is not { } text)
        {
            return false;
        }

        if (SettingValue.Parse(property.Element, text, out value) is not { } rule)
        {
            return true;
        }

        _faults.Add(FormatRefusal(path, text, rule, property.IsSecret));
        return false;
    }

    // Empty is how a JSON file says that a list has no entries. The value may be a secret.
    private void RefuseValue(string path, string why)
    {
        if (!string.IsNullOrEmpty(configuration[path]))
        {
            _faults.Add($"{path} takes no value itself: {why}.");
        }
    }
}
