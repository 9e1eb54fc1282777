using Microsoft.Extensions.Logging;
using Reranker.Grains.Fleet;
using Reranker.Grains.Logging;
using Reranker.Grains.Models;
using Reranker.Inference.Models;
using Reranker.Models;

namespace Reranker.Grains.Rollout;

/// <summary>
/// Takes commands one after another: asks every silo how far it is, checks the command against that, and tells every silo
/// the new directives. It keeps nothing itself, so it does not matter which silo it is on or was.
/// </summary>
internal sealed partial class ModelAdminGrain(
    SiloPeers peers, FleetView fleet, IModelCatalog catalog, IModelHost host, ILogger<ModelAdminGrain> logger) : Grain, IModelAdminGrain
{
    /// <inheritdoc/>
    public async Task<ModelAdminReply> GetAsync(CancellationToken cancellationToken)
        => (await SurveyAsync(cancellationToken)).Reply(ModelAdminOutcome.Done);

    /// <inheritdoc/>
    public async Task<ModelAdminReply> LoadAsync(LoadModel command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var survey = await SurveyAsync(cancellationToken);
        ModelManifest manifest;
        try
        {
            // Off the grain's turn: the folder may be on a slow disk.
            manifest = await Task.Run(() => host.Inspect(command.Folder), cancellationToken);
        }
        catch (ModelFolderException e)
        {
            return survey.Reply(ModelAdminOutcome.Invalid, e.Message);
        }

        var name = string.IsNullOrWhiteSpace(command.Name) ? manifest.Name : command.Name;
        var change = ModelCommands.Load(survey, new ModelPlacement(manifest.Identity, name, command.Folder, survey.Directives.Revision + 1));
        return await TellAsync(survey, change, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ModelAdminReply> UnloadAsync(UnloadModel command, CancellationToken cancellationToken)
    {
        var survey = await SurveyAsync(cancellationToken);
        return await TellAsync(survey, ModelCommands.Unload(survey, command), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ModelAdminReply> RouteAsync(RouteModel command, CancellationToken cancellationToken)
    {
        var survey = await SurveyAsync(cancellationToken);
        return await TellAsync(survey, ModelCommands.Route(survey, command), cancellationToken);
    }

    private async Task<FleetModels> SurveyAsync(CancellationToken cancellationToken)
    {
        var silos = peers.Active();
        return Merge(silos, await peers.AskAsync(silos, static (silo, token) => silo.GetAsync(token), cancellationToken));
    }

    private async Task<ModelAdminReply> TellAsync(FleetModels survey, ModelChange change, CancellationToken cancellationToken)
    {
        if (change.Directives is not { } next)
        {
            return survey.Reply(change.Outcome, change.Error);
        }

        var silos = peers.Active();
        var answers = await peers.AskAsync(silos, (silo, token) => silo.ApplyAsync(next, token), cancellationToken);
        LogTold(next.Revision, answers.Count(a => a is not null), silos.Length);
        return Merge(silos, answers).Reply(ModelAdminOutcome.Done);
    }

    private FleetModels Merge(SiloAddress[] silos, SiloModels?[] answers)
    {
        var snapshot = fleet.Current;
        return FleetModels.Merge(
            [.. answers.OfType<SiloModels>()],
            [.. silos.Zip(answers).Where(p => p.Second is null).Select(p => peers.NameOf(p.First))],
            catalog.DefaultName,
            identity => snapshot.FindModel(identity)?.Describe().ReadyWorkers ?? 0);
    }

    [LoggerMessage(GrainsEventIds.ModelsTold, LogLevel.Information, "Model directives of revision {Revision} reached {Reached} of {Silos} silos")]
    private partial void LogTold(long revision, int reached, int silos);
}
