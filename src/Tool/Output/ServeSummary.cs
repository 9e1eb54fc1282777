using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Grains.Models;
using Reranker.Grains.Workers;
using Reranker.ServiceDefaults.Logging;
using Reranker.Tool.Logging;

namespace Reranker.Tool.Output;

/// <summary>What a person wants to know of a server that has just started: what, where, on what, for whom, and how to try it.</summary>
internal static partial class ServeSummary
{
    private static readonly string[] AnyHosts = ["[::]", "0.0.0.0", "*", "+"];

    /// <summary>Says it in five lines; where logs are JSON, as one event, because nothing else may stand between them.</summary>
    public static void WriteSummary(WebApplication app, TextWriter output)
    {
        var lines = DescribeServer(app.Services);
        if (app.Services.GetRequiredService<IOptions<LogSettings>>().Value.Logs == LogFormat.Json)
        {
            LogServing(app.Logger, string.Join("; ", lines));
            return;
        }

        // In one piece: logs are written beside it.
        output.WriteLine(string.Join(Environment.NewLine, lines));
    }

    internal static string[] DescribeServer(IServiceProvider services)
    {
        string[] addresses = [.. services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
        var gateway = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var keys = gateway.ApiKeys.Count;
        var isOpen = keys == 0 && gateway.ApiKeysFile is null;
        return
        [
            $"serving  {DescribeModels(services.GetRequiredService<IModelCatalog>())}",
            $"at       {string.Join(", ", addresses)}",
            $"on       {DescribeEngines(services.GetRequiredService<IWorkerHost>())}",
            isOpen
                ? "keys     none needed: whoever reaches the port may score (Gateway:ApiKeys)"
                : $"keys     needed: Authorization: Bearer KEY, one of {(gateway.ApiKeysFile is { } file ? $"{(keys > 0 ? $"{keys} and those in " : "those in ")}{file} (Gateway:ApiKeysFile)" : $"{keys} (Gateway:ApiKeys)")}",
            $"try      curl -s {ReplaceAnyHost(addresses.FirstOrDefault() ?? "")}/rerank{(isOpen ? "" : " -H 'Authorization: Bearer KEY'")} -d '{{\"query\":\"What is bread?\",\"texts\":[\"Bread is baked.\",\"A bridge.\"]}}'",
        ];
    }

    private static string DescribeModels(IModelCatalog catalog) => string.Join(", ", catalog.Models.Select(m =>
        $"{m.Manifest.Name} ({m.Manifest.Precision}{(catalog.Models.Count > 1 && m.Manifest.Name == catalog.DefaultName ? ", default" : "")})"));

    private static string DescribeEngines(IWorkerHost host)
    {
        string[] engines = [.. host.Workers.SelectMany(w => w.Engines).Select(e => $"{e.ExecutionProvider}, {e.Device}").Distinct()];
        return engines.Length == 0
            ? "no device: Reranker:Workers is false"
            : $"{string.Join("; ", engines)}; {host.Workers.Count} {(host.Workers.Count == 1 ? "worker" : "workers")}";
    }

    private static string ReplaceAnyHost(string address) =>
        AnyHosts.Aggregate(address, static (url, any) => url.Replace($"://{any}:", "://127.0.0.1:", StringComparison.Ordinal));

    [LoggerMessage(ToolEventIds.Serving, LogLevel.Information, "{Summary}")]
    private static partial void LogServing(ILogger logger, string summary);
}
