using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Rollout;

/// <summary>What a command makes of the directives, or why it does not.</summary>
internal sealed record ModelChange(ModelDirectives? Directives, ModelAdminOutcome Outcome, string? Error)
{
    /// <summary>A change.</summary>
    public static ModelChange CreateChange(ModelDirectives directives) => new(directives, ModelAdminOutcome.Done, null);

    /// <summary>No change.</summary>
    public static ModelChange CreateRefusal(ModelAdminOutcome outcome, string error) => new(null, outcome, error);
}
