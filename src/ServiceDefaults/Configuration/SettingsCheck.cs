using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Finds everything that is wrong with a program's settings, at once and before anything is loaded.</summary>
internal static class SettingsCheck
{
    /// <summary>A sentence for each fault, and one for each setting. Of the program's services only options are made.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="composing">What was found while the program was composed.</param>
    public static IReadOnlyList<string> FindFaults(IServiceProvider services, IReadOnlyList<string> composing)
    {
        var sections = services.GetServices<SettingsSection>().ToArray();
        var faults = new List<string>(FindUnknown(services.GetRequiredService<IConfiguration>(), new KnownSettings(sections)));

        // A key that is refused by its name is met again as a value, which is missing or does not fit; the name says it better.
        string[] named = [.. faults.Select(ExtractKey)];
        foreach (var section in sections)
        {
            faults.AddRange(FindBad(services, section).Where(f => !named.Any(key => AreSameOrNested(key, ExtractKey(f)))));
        }

        faults.AddRange(composing.Where(f => !faults.Any(known => AreSameOrNested(ExtractKey(known), ExtractKey(f)))).ToArray());
        return [.. faults.Distinct()];
    }

    /// <summary>A sentence for each setting that is valid and does not fit this machine.</summary>
    public static async Task<IReadOnlyList<string>> FindFaultsOfMachineAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var check in services.GetServices<IStartCheck>())
        {
            faults.AddRange(await check.FindFaultsAsync(cancellationToken).ConfigureAwait(false));
        }

        return faults;
    }

    private static IEnumerable<string> FindUnknown(IConfiguration configuration, KnownSettings known)
    {
        foreach (var (key, value) in configuration.AsEnumerable().OrderBy(static e => e.Key, ConfigurationKeyComparer.Instance))
        {
            if (value is null)
            {
                continue;
            }

            if (!SettingsSection.Roots.Any(r => key.StartsWith($"{r}:", StringComparison.OrdinalIgnoreCase)))
            {
                if (known.FindIntendedKey(key) is { } meant)
                {
                    yield return $"{DescribeOrigin(configuration, key)} is no setting; {meant} is, which in an environment variable is {meant.Replace(":", "__", StringComparison.Ordinal)}.";
                }
            }
            else if (known.FindFault(key) is { } fault && !(value.Length == 0 && SettingOrigin.FindOrigin(configuration, key)?.IsFile == true))
            {
                yield return $"{DescribeOrigin(configuration, key)} {fault}";
            }
        }
    }

    private static IEnumerable<string> FindBad(IServiceProvider services, SettingsSection section)
    {
        try
        {
            section.Read(services);
            return [];
        }
        catch (OptionsValidationException e)
        {
            return e.Failures.Select(f => f.StartsWith($"{section.Section}:", StringComparison.Ordinal) ? f : $"{section.Section}:{f}");
        }
    }

    // Where a key stands is worth a word: an operator who reads "Gateway:X" may have written Gateway__X.
    private static string DescribeOrigin(IConfiguration configuration, string key) =>
        SettingOrigin.FindOrigin(configuration, key) is { } origin ? $"{HideSecret(key)} ({HideSecret(origin.Description)})" : HideSecret(key);

    // Whoever takes the list of keys for a dictionary writes the secret where the number belongs.
    private static string HideSecret(string text)
    {
        var separator = text.Contains(':', StringComparison.Ordinal) ? ":" : "__";
        var steps = text.Split(separator);
        for (var i = 1; i < steps.Length; i++)
        {
            if (steps[i - 1].EndsWith("Keys", StringComparison.OrdinalIgnoreCase) && !KnownSetting.IsNumber(steps[i]))
            {
                steps[i] = "***";
            }
        }

        return string.Join(separator, steps);
    }

    private static string ExtractKey(string fault) => fault.Split(' ', 2)[0].TrimEnd(':');

    private static bool AreSameOrNested(string key, string other) =>
        $"{key}:".StartsWith($"{other}:", StringComparison.OrdinalIgnoreCase) || $"{other}:".StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase);
}
