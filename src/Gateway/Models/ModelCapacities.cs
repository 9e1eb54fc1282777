using Reranker.Client;
using Reranker.Fleet;

namespace Reranker.Gateway.Models;

/// <summary>Finds what is known of a model: its limit in the fleet's last answer, its speed in the newest hint of any reply.</summary>
internal sealed class ModelCapacities(IFleetInfo hints)
{
    /// <summary>The model that a request will be scored with.</summary>
    /// <param name="model">Name or identity as it is sent to the fleet; null is the default model.</param>
    /// <param name="fleet">The fleet as last heard, or null.</param>
    public ModelCapacity FindCapacity(string? model, FleetInfo? fleet)
    {
        var name = model ?? fleet?.Models.FirstOrDefault()?.Name;
        int? maxPairTokens = null;
        var workers = 0;
        double tokensPerSecond = 0, tokensPerCharacter = 0;
        foreach (var served in fleet?.Models ?? [])
        {
            if (served.Name != name && served.Identity != name)
            {
                continue;
            }

            // Identities that share a name share its requests: any of them may be the one that takes this one.
            maxPairTokens = Math.Min(maxPairTokens ?? int.MaxValue, served.MaxPairTokens);
            if (hints.FindHint(served.Identity) is { } hint)
            {
                tokensPerSecond += hint.TokensPerSecond;
                workers += hint.ReadyWorkers;
                tokensPerCharacter = Math.Max(tokensPerCharacter, hint.TokensPerCharacter);
            }
        }

        return new ModelCapacity(name ?? "", maxPairTokens, tokensPerSecond, workers, tokensPerCharacter);
    }
}
