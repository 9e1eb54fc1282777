using System.Text.Json.Serialization;

namespace Reranker.Simulation.Fleet;

/// <summary>Which GPUs a fleet has.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FleetKind>))]
internal enum FleetKind
{
    /// <summary>All like an H100.</summary>
    H100,

    /// <summary>All like an A10G.</summary>
    A10G,

    /// <summary>Every second silo of H100s, the others of A10Gs.</summary>
    Mixed,
}
