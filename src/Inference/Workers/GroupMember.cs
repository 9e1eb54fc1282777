using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>One model on one device, as the others of its group see it: what waits there, and whether it is run.</summary>
internal sealed class GroupMember(string modelIdentity, ModelQueue queue, DeviceGate gate, RunnerLifecycle life)
{
    public string ModelIdentity => modelIdentity;

    public ModelQueue Queue => queue;

    public DeviceGate Gate => gate;

    public RunnerLifecycle Life => life;

    /// <summary>True when others should run what waits here: its device is busy, or does not run it at all.</summary>
    public bool NeedsHelp => queue.WaitingTokens > 0 && (life.IsWithoutDevice || (life.Phase != RunnerPhase.Stopped && gate.IsBusy));

    /// <summary>True when what waits here is run by others or by nobody.</summary>
    public bool IsOrphaned => queue.WaitingTokens > 0 && life.IsWithoutDevice;

    /// <summary>True for another member that serves the same model.</summary>
    public bool IsSiblingOf(GroupMember other) => this != other && modelIdentity == other.ModelIdentity;
}
