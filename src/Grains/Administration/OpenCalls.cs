using Reranker.Fleet;
using Reranker.Grains.Requests;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Administration;

/// <summary>
/// The interfaces whose calls anybody who reaches a silo may make: those that score, describe the fleet or cancel a call.
/// Everything else is administration, also what is added later and what Orleans brings.
/// </summary>
internal static class OpenCalls
{
    private static readonly HashSet<Type> Ours = [typeof(IRerankGrain), typeof(IFleetInfoGrain), typeof(IGpuWorkerGrain), typeof(IShardWarmUp)];

    // They are internal to Orleans; both tell a grain that its caller has cancelled a call.
    private static readonly HashSet<string> Orleans =
        ["Orleans.Runtime.IGrainCallCancellationExtension", "Orleans.Runtime.ICancellationSourcesExtension"];

    /// <summary>True when calls of the interface need no secret.</summary>
    public static bool NeedsNoSecret(Type type)
        => Ours.Contains(type) || (type.Namespace == "Orleans.Runtime" && Orleans.Contains(type.FullName!));

    /// <summary>True for the one interface of the runtime itself that clients call: it tells them what grains there are.</summary>
    public static bool IsManifest(Type type) => type.FullName == "Orleans.Runtime.IClusterManifestSystemTarget";
}
