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
    public async Task<ModelAdminReply> GetModelsAsync(CancellationToken cancellationToken)
        => (await AskAllSilosAsync(cancellationToken)).CreateReply(ModelAdminOutcome.Done);

    /// <inheritdoc/>
    public async Task<ModelAdminReply> LoadModelAsync(LoadModel command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var survey = await AskAllSilosAsync(cancellationToken);
        ModelManifest manifest;
        try
        {
            // Off the grain's turn: the folder may be on a slow disk.
            manifest = await Task.Run(() => host.ReadManifest(command.Folder), cancellationToken);
        }
        catch (ModelFolderException e)
        {
            return survey.CreateReply(ModelAdminOutcome.Invalid, e.Message);
        }

        var name = string.IsNullOrWhiteSpace(command.Name) ? manifest.Name : command.Name;
        var change = ModelCommands.PlanLoad(survey, new ModelPlacement(manifest.Identity, name, command.Folder, survey.Directives.Revision + 1));
        return await ApplyToAllSilosAsync(survey, change, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ModelAdminReply> UnloadModelAsync(UnloadModel command, CancellationToken cancellationToken)
    {
        var survey = await AskAllSilosAsync(cancellationToken);
        return await ApplyToAllSilosAsync(survey, ModelCommands.PlanUnload(survey, command), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ModelAdminReply> SetSharesAsync(RouteModel command, CancellationToken cancellationToken)
    {
        var survey = await AskAllSilosAsync(cancellationToken);
        return await ApplyToAllSilosAsync(survey, ModelCommands.PlanRoute(survey, command), cancellationToken);
    }

    private async Task<FleetModels> AskAllSilosAsync(CancellationToken cancellationToken)
    {
        var silos = peers.FindActiveSilos();
        return MergeAnswers(silos, await peers.AskSilosAsync(silos, static (silo, token) => silo.GetModelsAsync(token), cancellationToken));
    }

    private async Task<ModelAdminReply> ApplyToAllSilosAsync(FleetModels survey, ModelChange change, CancellationToken cancellationToken)
    {
        if (change.Directives is not { } next)
        {
            return survey.CreateReply(change.Outcome, change.Error);
        }

        var silos = peers.FindActiveSilos();
        var answers = await peers.AskSilosAsync(silos, (silo, token) => silo.ApplyDirectivesAsync(next, token), cancellationToken);
        LogTold(next.Revision, answers.Count(a => a is not null), silos.Length);
        return MergeAnswers(silos, answers).CreateReply(ModelAdminOutcome.Done);
    }

    private FleetModels MergeAnswers(SiloAddress[] silos, SiloModels?[] answers)
    {
        var snapshot = fleet.Current;
        return FleetModels.MergeSilos(
            [.. answers.OfType<SiloModels>()],
            [.. silos.Zip(answers).Where(p => p.Second is null).Select(p => peers.GetName(p.First))],
            catalog.DefaultName,
            identity => snapshot.FindModel(identity)?.Describe().ReadyWorkers ?? 0);
    }

    [LoggerMessage(GrainsEventIds.ModelsTold, LogLevel.Information, "Model directives of revision {Revision} reached {Reached} of {Silos} silos")]
    private partial void LogTold(long revision, int reached, int silos);
}
