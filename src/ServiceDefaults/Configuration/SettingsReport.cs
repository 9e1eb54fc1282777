using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>The settings in effect and where each comes from; secrets are masked.</summary>
internal static class SettingsReport
{
    private const string Default = "default";
    private const string Mask = "***";

    /// <summary>Writes a line for each setting: key, value, origin.</summary>
    public static void Write(IServiceProvider services, TextWriter output)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var lines = new List<(string Key, string Value, string Origin)>();
        foreach (var section in services.GetServices<SettingsSection>())
        {
            var options = Activator.CreateInstance(section.OptionsType)!;
            new SettingsBinder(configuration).Bind(options, section.Section);
            lines.AddRange(Describe(configuration, options, section.Section));
        }

        lines.AddRange(ListenAddress.Read(configuration).Select(a => (a.Key, a.Url, OriginOf(configuration, a.Key))));
        var ordered = lines.OrderBy(static l => l.Key, ConfigurationKeyComparer.Instance).ToArray();
        var (keys, values) = (ordered.Max(static l => l.Key.Length), ordered.Max(static l => Math.Min(l.Value.Length, 40)));
        foreach (var (key, value, origin) in ordered)
        {
            output.WriteLine($"{key.PadRight(keys)}  {value.PadRight(values)}  {origin}");
        }
    }

    private static IEnumerable<(string Key, string Value, string Origin)> Describe(IConfiguration configuration, object options, string section) =>
        SettingProperty.ListProperties(options.GetType()).SelectMany(property =>
        {
            var path = $"{section}:{property.Property.Name}";
            var value = property.Property.GetValue(options);
            return property.Kind switch
            {
                SettingKind.Value => [(path, FormatValue(property, value), OriginOf(configuration, path))],
                SettingKind.Group => Describe(configuration, value!, path),
                _ when ((ICollection)value!).Count == 0 => [(path, "(empty)", Default)],
                SettingKind.GroupList => configuration.GetSection(path).GetChildren().Zip(((IEnumerable)value!).Cast<object>())
                    .SelectMany(e => Describe(configuration, e.Second, e.First.Path)),
                _ => configuration.GetSection(path).AsEnumerable().Where(static e => !string.IsNullOrEmpty(e.Value))
                    .Select(e => (e.Key, FormatValue(property, e.Value), OriginOf(configuration, e.Key))),
            };
        });

    private static string FormatValue(SettingProperty property, object? value) =>
        property.IsSecret && value is string { Length: > 0 } ? Mask : SettingValue.Format(value);

    private static string OriginOf(IConfiguration configuration, string key) =>
        configuration[key] is null ? Default : SettingOrigin.FindOrigin(configuration, key)?.Description ?? Default;
}
