namespace Reranker.Grains.Dispatch;

/// <summary>Why a sub-batch is sent.</summary>
internal enum AttemptKind
{
    /// <summary>It was planned so.</summary>
    First,

    /// <summary>The attempt before it failed.</summary>
    Retry,

    /// <summary>A copy beside one that is stuck on its device. Rationed.</summary>
    Hedge,

    /// <summary>A copy beside one whose silo stopped answering, or that its worker does not have. Rationed too, by a budget of its own: where all silos are slow to answer, nobody has lost anything.</summary>
    Resend,
}
