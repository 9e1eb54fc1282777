namespace Reranker.Models;

/// <summary>How a command ended, and the models of the fleet after it.</summary>
[GenerateSerializer, Immutable, Alias("reranker.model-admin-reply")]
public sealed record ModelAdminReply
{
    /// <summary>How the command ended; nothing was changed unless it is Done.</summary>
    [Id(0)] public required ModelAdminOutcome Outcome { get; init; }

    /// <summary>One sentence when it is not Done.</summary>
    [Id(1)] public string? Error { get; init; }

    /// <summary>Every model that a silo has, is loading or failed to load.</summary>
    [Id(2)] public ModelState[] Models { get; init; } = [];

    /// <summary>Active silos that did not answer; they learn of a change from the others.</summary>
    [Id(3)] public string[] SilentSilos { get; init; } = [];
}
