using System.CommandLine;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Hosting;
using Reranker.ServiceDefaults;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Startup;
using Reranker.Silo.Hosting;
using Reranker.Silo.Settings;
using Reranker.Tool.Models;

namespace Reranker.Tool.Arguments;

/// <summary>
/// The command line of <c>reranker serve</c> and <c>reranker config</c>. An option counts when it was given; what was not leaves the
/// configuration as it is.
/// </summary>
internal sealed class ServeArguments
{
    private const string DefaultUrls = "http://127.0.0.1:8080";
    private const string Models = $"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.Models)}";
    private const string Precisions = $"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.Precisions)}";
    private const string FirstModel = $"{Models}:0";

    private readonly EngineArguments _engine = new();

    private readonly Option<string> _urls = new("--urls")
    {
        Description = $"Where to listen; port 0 takes a free one. Default: ASPNETCORE_URLS, else {DefaultUrls}.",
    };

    private readonly Option<FileInfo> _config = new("--config")
    {
        Description = "A JSON file of settings, over appsettings.json beside the program and under the environment.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_urls);
        command.Options.Add(_config);
        _engine.AddTo(command);
        _engine.AddDevicesTo(command);
    }

    /// <summary>Brings a model of the hub that was named onto this machine, and says for as long as the result lives that it is used.</summary>
    public async Task<IDisposable?> PrepareModelAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var choice = EngineChoice.FromSettings(_engine, parsed, CreateUncommandedBuilder(parsed).Configuration);
        await _engine.PrepareModelAsync(parsed, choice, cancellationToken);
        return ImportedModels.HoldInUse(_engine.FindModelPath(parsed, choice));
    }

    /// <summary>A host with the settings of file, environment and command line, and below them the defaults of <c>serve</c>.</summary>
    public WebApplicationBuilder CreateBuilder(ParseResult parsed)
    {
        var builder = CreateUncommandedBuilder(parsed);
        var configuration = builder.Configuration;
        AddSettings(configuration, configuration.Sources.Count, "command line", FindGiven(parsed, configuration));
        if (parsed.GetValue(_urls) is not null)
        {
            builder.WebHost.PreferHostingUrls(true);
        }

        // Nothing stands before this process that would have to notice its end.
        var defaults = new Dictionary<string, string?> { [$"{GatewayOptions.Section}:{nameof(GatewayOptions.DrainDelay)}"] = "0s" };
        if (!ListenAddress.IsConfigured(configuration))
        {
            defaults[ListenAddress.UrlsKey] = DefaultUrls;
        }

        if (!FindKeys(configuration, Models).Any())
        {
            defaults[FirstModel] = DefaultModel.Path;
        }

        AddSettings(configuration, 0, "default of serve", defaults);
        return builder;
    }

    /// <summary>Adds gateway and silo.</summary>
    public static void AddServices(WebApplicationBuilder builder)
    {
        builder.AddRerankerServiceDefaults();
        builder.Services.AddGatewaySettings();
        builder.AddRerankerSilo();
        builder.AddRerankerGateway();
    }

    // With the settings of file and environment alone.
    private WebApplicationBuilder CreateUncommandedBuilder(ParseResult parsed)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (parsed.GetValue(_config) is { } file)
        {
            builder.Configuration.AddSettingsFile(file.FullName);
        }

        return builder;
    }

    private Dictionary<string, string?> FindGiven(ParseResult parsed, IConfiguration configuration)
    {
        var given = new Dictionary<string, string?>();
        if (parsed.GetValue(_urls) is { } urls)
        {
            given[ListenAddress.UrlsKey] = urls;
        }

        if (parsed.GetValue(_engine.Model) is not null)
        {
            // It takes the place of all configured models.
            foreach (var key in FindKeys(configuration, Models).Concat(FindKeys(configuration, Precisions)))
            {
                given[key] = null;
            }

            given[FirstModel] = _engine.FindModelPath(parsed, EngineChoice.FromSettings(_engine, parsed, configuration));
        }

        if (parsed.GetValue(_engine.Precision) is { } precision)
        {
            // It holds for all models.
            foreach (var key in FindKeys(configuration, Precisions))
            {
                given[key] = null;
            }

            given[$"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.Precision)}"] = precision.Name;
        }

        if (IsGiven(parsed, _engine.Engine))
        {
            given[$"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.Engine)}"] = parsed.GetValue(_engine.Engine).ToString();
        }

        if (parsed.GetResult(_engine.Devices) is { Implicit: false } devices)
        {
            // As it was written: a setting is text.
            given[$"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.Devices)}"] = devices.Tokens[^1].Value;
        }

        if (IsGiven(parsed, _engine.Threads))
        {
            // 0 asks for the default, which the setting has when it is empty.
            var threads = parsed.GetValue(_engine.Threads);
            given[$"{RerankerSiloOptions.Section}:{nameof(RerankerSiloOptions.CpuThreads)}"] =
                threads == 0 ? "" : threads.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return given;
    }

    private static IEnumerable<string> FindKeys(IConfiguration configuration, string section) =>
        configuration.GetSection(section).AsEnumerable().Where(static e => e.Value is not null).Select(static e => e.Key);

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static void AddSettings(ConfigurationManager configuration, int position, string name, Dictionary<string, string?> settings) =>
        ((IConfigurationBuilder)configuration).Sources.Insert(position, new NamedSettings(name, settings));
}
