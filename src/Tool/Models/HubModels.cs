using System.Globalization;
using Reranker.Tool.Hub;
using Reranker.Tool.Output;

namespace Reranker.Tool.Models;

/// <summary>Brings models of the hub onto this machine, and says what it does on standard error.</summary>
internal static class HubModels
{
    /// <summary>Fetches what the hub has now, or with <c>HF_HUB_OFFLINE</c> takes what the cache has.</summary>
    public static async Task<PulledModel> PullAsync(HubReference model, CancellationToken cancellationToken)
    {
        SupportedModels.RequireNotRefused(model);
        var settings = HubSettings.FromEnvironment();
        WarnOfPlainText(settings);
        var pull = new ModelPull(settings, SupportedModels.RequireConfig);
        var pulled = await PullBars.ShowAsync(report => pull.PullAsync(
            model,
            report is null ? null : new ImmediateProgress<PullProgress>(p => report(p.File, p.BytesDone, p.BytesTotal)),
            cancellationToken));
        ImportedModels.MarkPulled(pulled);
        return pulled;
    }

    /// <summary>
    /// What was pulled of a revision; where nothing was, what the hub has. Other programs leave models in the cache without files that
    /// they had no need of, so such a one is completed, or taken as it is where the hub cannot be asked.
    /// </summary>
    public static async Task<PulledModel> FindOrPullAsync(HubReference model, CancellationToken cancellationToken)
    {
        var cached = new ModelPull(HubSettings.FromEnvironment(), SupportedModels.RequireConfig).FindCached(model);
        if (cached is not null && ImportedModels.IsPulled(cached))
        {
            return cached;
        }

        await Console.Error.WriteLineAsync($"{model} is no folder here and is fetched from the hub");
        try
        {
            var pulled = await PullAsync(model, cancellationToken);
            await Console.Error.WriteLineAsync(DescribePull(pulled));
            return pulled;
        }
        catch (HubException e) when (cached is not null)
        {
            await Console.Error.WriteLineAsync($"{e.Message}; the cache has the commit {cached.Commit}, which is taken");
            return cached;
        }
    }

    /// <summary>What came of it, in a sentence.</summary>
    public static string DescribePull(PulledModel pulled)
    {
        var fetched = pulled.BytesFetched == 0
            ? "the cache had all of it"
            : string.Create(CultureInfo.InvariantCulture, $"{pulled.BytesFetched / 1e6:0.0} MB fetched");
        var doubt = pulled.Unchecked.Count == 0 ? "" : $"; no hash was told for {string.Join(", ", pulled.Unchecked)}";
        return $"{pulled.Model} is commit {pulled.Commit}: {fetched}{doubt}";
    }

    private static void WarnOfPlainText(HubSettings settings)
    {
        if (settings is { Token: not null, Endpoint.Scheme: "http", Endpoint.IsLoopback: false, IsOffline: false })
        {
            Console.Error.WriteLine($"{settings.Endpoint.Authority} is asked without TLS: whoever is between here and there can read the token");
        }
    }
}
