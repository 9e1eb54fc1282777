using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Binds options to their section, and says of every value that does not fit why.</summary>
internal sealed class SettingsValidator<TOptions>(IConfiguration configuration, string section)
    : IConfigureOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class, new()
{
    /// <inheritdoc/>
    public void Configure(TOptions options) => new SettingsBinder(configuration).Bind(options, section);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var binder = new SettingsBinder(configuration);
        binder.Bind(new TOptions(), section);
        string[] faults = [.. binder.Faults, .. OptionsRules.FindFaults(options, section)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
