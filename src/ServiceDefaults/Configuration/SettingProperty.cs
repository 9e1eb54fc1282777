using System.Collections;
using System.Reflection;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>One property of an options type, as the configuration sees it.</summary>
/// <param name="Property">The property.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Element">Type of the value, of the group, or of a list's or dictionary's values.</param>
internal sealed record SettingProperty(PropertyInfo Property, SettingKind Kind, Type Element)
{
    private static readonly string[] SecretEndings = ["Key", "Keys", "Secret", "Password", "Token", "ConnectionString"];

    /// <summary>How its entries may be written as a list.</summary>
    public NamedEntriesAttribute? NamedEntries { get; } = Property.GetCustomAttribute<NamedEntriesAttribute>();

    /// <summary>Whether its value must never be shown. Decided by name, so that nobody can forget to say it.</summary>
    public bool IsSecret => Element == typeof(string) && SecretEndings.Any(end => Property.Name.EndsWith(end, StringComparison.Ordinal));

    /// <summary>The properties that the configuration can set: with a setter, or collections that it adds to.</summary>
    /// <exception cref="NotSupportedException">A property has a type that no setting can have.</exception>
    public static IEnumerable<SettingProperty> ListProperties(Type options) => options
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static p => p.SetMethod?.IsPublic == true || IsCollection(p.PropertyType))
        .Select(Describe);

    private static SettingProperty Describe(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (SettingValue.IsSingleValue(type))
        {
            return new(property, SettingKind.Value, type);
        }

        if (IsGroup(type))
        {
            return new(property, SettingKind.Group, type);
        }

        if (ElementOf(type, typeof(IDictionary<,>)) is [var key, var value] && key == typeof(string) && SettingValue.IsSingleValue(value))
        {
            return new(property, SettingKind.Names, value);
        }

        if (ElementOf(type, typeof(IEnumerable<>)) is [var element])
        {
            if (SettingValue.IsSingleValue(element))
            {
                return new(property, SettingKind.List, element);
            }

            if (IsGroup(element))
            {
                return new(property, SettingKind.GroupList, element);
            }
        }

        throw new NotSupportedException(
            $"{property.DeclaringType!.Name}.{property.Name} is a {type}, which the configuration cannot hold: teach {nameof(SettingProperty)} and {nameof(SettingsBinder)} that type.");
    }

    private static bool IsCollection(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsGroup(Type type) =>
        type.IsClass && !IsCollection(type) && type.Namespace?.StartsWith(nameof(Reranker), StringComparison.Ordinal) == true;

    private static Type[]? ElementOf(Type type, Type generic) => type.GetInterfaces().Append(type)
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == generic)?.GetGenericArguments();
}
