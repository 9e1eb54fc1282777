namespace Reranker.Models;

/// <summary>One model of the fleet and where it is.</summary>
[GenerateSerializer, Immutable, Alias("reranker.model-state")]
public sealed record ModelState
{
    /// <summary>Name that requests use.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Hash of the model.</summary>
    [Id(1)] public required string Identity { get; init; }

    /// <summary>True when requests that name no model go to its name.</summary>
    [Id(2)] public bool IsDefault { get; init; }

    /// <summary>Its weight among the models of its name. Null when none were set: the first in the order of configuration answers then.</summary>
    [Id(3)] public double? Weight { get; init; }

    /// <summary>Workers that take work for it.</summary>
    [Id(4)] public int ReadyWorkers { get; init; }

    /// <summary>The silos that know of it.</summary>
    [Id(5)] public SiloModelState[] Silos { get; init; } = [];
}
