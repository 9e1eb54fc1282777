using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>The command line of silo and gateway: settings by their keys, and what every program has.</summary>
/// <param name="Settings">Arguments that are settings, for .NET's configuration.</param>
/// <param name="Problems">A sentence for each argument that is nothing.</param>
internal sealed record ProgramArguments(string[] Settings, IReadOnlyList<string> Problems)
{
    private const string ConfigOption = "--config";

    // Keys that .NET reads, beside those of the sections.
    private static readonly string[] OtherKeys =
        ["urls", "http_ports", "https_ports", "environment", "contentRoot", "AllowedHosts", "Kestrel", "Logging"];

    /// <summary>Whether help is wanted.</summary>
    public bool Help { get; private init; }

    /// <summary>Whether the settings are to be shown instead of used.</summary>
    public bool PrintConfig { get; private init; }

    /// <summary>Whether a process of the same settings is to be asked if it is ready.</summary>
    public bool CheckHealth { get; private init; }

    /// <summary>A settings file.</summary>
    public string? ConfigFile { get; private init; }

    /// <summary>Reads <c>--key value</c> and <c>--key=value</c>. A key that nothing reads is a problem, and so is a key without a value.</summary>
    public static ProgramArguments Parse(string[] args)
    {
        var settings = new List<string>();
        var problems = new List<string>();
        bool help = false, print = false, health = false;
        string? file = null;
        for (var i = 0; i < args.Length; i++)
        {
            var argument = args[i];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var option = equals < 0 ? argument : argument[..equals];
            switch (option)
            {
                case "--help" or "-h" or "-?":
                    help = true;
                    continue;
                case "--print-config":
                    print = true;
                    continue;
                case "--check-health":
                    health = true;
                    continue;
            }

            if (!option.StartsWith("--", StringComparison.Ordinal) || (option != ConfigOption && !IsKey(option[2..])))
            {
                problems.Add($"'{option}' is no option.");
                continue;
            }

            if (equals < 0 && i + 1 == args.Length)
            {
                problems.Add($"'{option}' needs a value.");
                continue;
            }

            var value = equals < 0 ? args[++i] : argument[(equals + 1)..];
            if (option == ConfigOption)
            {
                file = value;
            }
            else
            {
                settings.Add($"{option}={value}");
            }
        }

        return new ProgramArguments([.. settings], problems) { Help = help, PrintConfig = print, CheckHealth = health, ConfigFile = file };
    }

    private static bool IsKey(string key) => SettingsSection.Roots.Any(r => key.StartsWith($"{r}:", StringComparison.OrdinalIgnoreCase))
        || OtherKeys.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase)
        || key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);
}
