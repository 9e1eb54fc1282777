namespace Reranker.Inference.Workers;

/// <summary>The conditions under which a <see cref="DeviceGate"/> lets lanes through. They are read under the gate's lock and must be quick.</summary>
internal interface IGateConditions
{
    /// <summary>True when there is something to run now.</summary>
    bool HasWork { get; }

    /// <summary>True when there is enough for a full batch.</summary>
    bool HasFullBatch { get; }

    /// <summary>
    /// Time from now until a batch should be formed ahead of its turn; null while nobody knows, because the turn was just
    /// taken and its batch is being formed.
    /// </summary>
    TimeSpan? TimeUntilEarly { get; }
}
