using System.Collections;
using Microsoft.Extensions.Configuration;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.Tool.Tests.Docs;

/// <summary>Every documented name really reaches its option.</summary>
public sealed class BindingTests
{
    public static TheoryData<string> Names => [.. OptionCatalog.Bound.Select(static option => option.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_option_takes_the_value_of_its_name(string name)
    {
        var option = OptionCatalog.Bound.Single(option => option.Name == name);
        var section = OptionCatalog.Sections.Single(s => KnownSetting.ListSettings(s.Section, s.OptionsType).Any(k => k.Pattern == name || k.Pattern.StartsWith($"{name}:", StringComparison.Ordinal)));
        var bound = OptionCatalog.Create(section.OptionsType);
        var binder = new SettingsBinder(new ConfigurationBuilder().AddInMemoryCollection([Setting(option)]).Build());

        binder.Bind(bound, section.Section);

        Assert.Empty(binder.Faults);
        object? value = bound;
        foreach (var step in name[(section.Section.Length + 1)..].Split(':'))
        {
            value = value!.GetType().GetProperty(step)!.GetValue(value);
        }

        if (option.Default is ICollection)
        {
            Assert.Single((IEnumerable)value!);
        }
        else
        {
            Assert.NotNull(value);
            Assert.NotEqual(option.Default, value);
        }
    }

    /// <summary>A value that is not the default.</summary>
    private static KeyValuePair<string, string?> Setting(Option option) => option.Default switch
    {
        IDictionary => new($"{option.Name}:some/name:of it", "1"),
        ICollection when option.Name.EndsWith("ApiKeys", StringComparison.Ordinal) => new($"{option.Name}:0:Tenant", "1"),
        ICollection => new($"{option.Name}:0", "1"),
        bool flag => new(option.Name, (!flag).ToString()),
        TimeSpan => new(option.Name, "123ms"),
        Enum value => new(option.Name, Enum.GetNames(value.GetType()).First(name => name != value.ToString())),
        _ => new(option.Name, "77"),
    };
}
