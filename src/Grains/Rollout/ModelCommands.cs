using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Rollout;

/// <summary>The rules of the commands: no request may lose its model by one, unless that is said.</summary>
internal static class ModelCommands
{
    /// <summary>Loads a model on every silo; beside others of its name it gets no share.</summary>
    public static ModelChange PlanLoad(FleetModels fleet, ModelPlacement placement)
    {
        var told = fleet.Directives;
        if (Array.Find(fleet.Models, m => m.Identity == placement.Identity) is { } known
            && known.Name != placement.Name
            && !told.IsRetired(known.Identity))
        {
            return ModelChange.CreateRefusal(ModelAdminOutcome.Refused, $"The folder's model is served under the name '{known.Name}'.");
        }

        var next = DirectiveEntries.StartRevision(told).LoadModel(placement);
        var others = fleet.FindStaying(placement.Name).Where(m => m.Identity != placement.Identity).ToArray();
        if (others.Length > 0 && told.FindRoute(placement.Name) is null)
        {
            next.SetRoute(placement.Name, CreateRoute(placement.Name, others.Select(m => new ModelShare { Identity = m.Identity, Weight = 1 })));
        }

        return ModelChange.CreateChange(next.ToDirectives());
    }

    /// <summary>Retires a model that others of its name can stand in for.</summary>
    public static ModelChange PlanUnload(FleetModels fleet, UnloadModel command)
    {
        var told = fleet.Directives;
        if (Array.Find(fleet.Models, m => m.Identity == command.Identity) is not { } model)
        {
            return ModelChange.CreateRefusal(ModelAdminOutcome.NotFound, "No silo has a model of that identity.");
        }

        var left = fleet.FindStaying(model.Name).Where(m => m.Identity != model.Identity && m.ReadyWorkers > 0).ToArray();
        var isLoaded = Array.Exists(model.Silos, s => s.Phase == ModelPhase.Ready);
        if (!command.Force && isLoaded && left.Length == 0)
        {
            return ModelChange.CreateRefusal(
                ModelAdminOutcome.Refused,
                $"Nobody else serves '{model.Name}'{(model.IsDefault ? ", which is the default model" : "")}. Load another model of that name first, or force it.");
        }

        if (!command.Force && isLoaded && told.FindRoute(model.Name) is not null && left.All(m => m.Weight is not > 0))
        {
            return ModelChange.CreateRefusal(
                ModelAdminOutcome.Refused, $"It has all requests of '{model.Name}'. Give another identity a share first, or force it.");
        }

        var next = DirectiveEntries.StartRevision(told).RetireModel(model.Identity);
        foreach (var route in told.Routes.Where(r => Array.Exists(r.Shares, s => s.Identity == model.Identity)))
        {
            var others = RemoveShare(route, model.Identity);
            next.SetRoute(route.Name, Array.Exists(others.Shares, s => s.Weight > 0) ? others : null);
        }

        return ModelChange.CreateChange(next.ToDirectives());
    }

    /// <summary>Sets the shares of a name.</summary>
    public static ModelChange PlanRoute(FleetModels fleet, RouteModel command)
    {
        var staying = fleet.FindStaying(command.Name).ToArray();
        if (staying.Length == 0)
        {
            return ModelChange.CreateRefusal(ModelAdminOutcome.NotFound, "No silo has a model of that name.");
        }

        if (Array.Exists(command.Shares, s => s is null || !double.IsFinite(s.Weight) || s.Weight < 0)
            || !Array.Exists(command.Shares, s => s.Weight > 0)
            || command.Shares.DistinctBy(s => s.Identity).Count() != command.Shares.Length)
        {
            return ModelChange.CreateRefusal(ModelAdminOutcome.Invalid, "Weights must be numbers from 0, one of them above 0, one an identity.");
        }

        foreach (var share in command.Shares)
        {
            if (Array.Find(staying, m => m.Identity == share.Identity) is not { } model)
            {
                return ModelChange.CreateRefusal(ModelAdminOutcome.NotFound, $"'{command.Name}' has no identity {share.Identity}.");
            }

            if (share.Weight > 0 && model.ReadyWorkers == 0)
            {
                return ModelChange.CreateRefusal(ModelAdminOutcome.Refused, $"No worker takes work for {share.Identity} yet.");
            }
        }

        return ModelChange.CreateChange(DirectiveEntries.StartRevision(fleet.Directives).SetRoute(command.Name, CreateRoute(command.Name, command.Shares)).ToDirectives());
    }

    private static RouteModel RemoveShare(RouteModel route, string identity)
        => route with { Shares = [.. route.Shares.Where(s => s.Identity != identity)] };

    private static RouteModel CreateRoute(string name, IEnumerable<ModelShare> shares) => new() { Name = name, Shares = [.. shares] };
}
