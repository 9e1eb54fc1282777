using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Checks the attributes of options and of all options below them, and names the keys.</summary>
internal static class OptionsRules
{
    private const string Field = "The field ";

    /// <summary>A sentence for each value outside its range.</summary>
    public static IEnumerable<string> FindFaults(object options, string section)
    {
        foreach (var property in SettingProperty.ListProperties(options.GetType()))
        {
            var path = $"{section}:{property.Property.Name}";
            var value = property.Property.GetValue(options);
            foreach (var rule in property.Property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!rule.IsValid(value))
                {
                    yield return rule is RangeAttribute range
                        ? $"{path} is {SettingValue.Format(value)}; it must be from {SettingValue.Format(range.Minimum)} to {SettingValue.Format(range.Maximum)}."
                        : Shorten(rule.FormatErrorMessage(path));
                }
            }

            if (property.Kind == SettingKind.Group && value is not null)
            {
                foreach (var fault in FindFaults(value, path))
                {
                    yield return fault;
                }
            }
        }

        if (options is IValidatableObject whole)
        {
            foreach (var result in whole.Validate(new ValidationContext(options)))
            {
                yield return $"{section}:{result.MemberNames.FirstOrDefault()}: {result.ErrorMessage}";
            }
        }
    }

    private static string Shorten(string message) => message.StartsWith(Field, StringComparison.Ordinal) ? message[Field.Length..] : message;
}
