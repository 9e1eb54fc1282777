using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Binds options to the configuration.</summary>
public static class SettingsServiceCollectionExtensions
{
    /// <summary>
    /// Binds options to a section, so that every value that does not fit stops the start and is named by its key. All settings of
    /// the reranker go this way: what is registered here is what a program knows, checks and shows. A second time changes nothing.
    /// </summary>
    public static OptionsBuilder<TOptions> AddRerankerSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(s => s.ImplementationInstance is SettingsSection known && known.OptionsType == typeof(TOptions) && known.Section == section))
        {
            return services.AddOptions<TOptions>();
        }

        services.AddSingleton(new SettingsSection(section, typeof(TOptions), static s => s.GetRequiredService<IOptions<TOptions>>().Value));
        services.AddSingleton<IConfigureOptions<TOptions>>(s => Create(s));
        services.AddSingleton<IValidateOptions<TOptions>>(s => Create(s));
        return services.AddOptions<TOptions>().ValidateOnStart();

        SettingsValidator<TOptions> Create(IServiceProvider provider) => new(provider.GetRequiredService<IConfiguration>(), section);
    }
}
