namespace Reranker.ServiceDefaults.Health;

/// <summary>What a process that is still starting waits for, for its readiness to say.</summary>
public sealed class StartProgress
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _waitsFor = "the start of this process";

    /// <summary>What is waited for, as the end of a sentence; null once everything has started.</summary>
    public string? WaitsFor => _ended.Task.IsCompleted ? null : _waitsFor;

    /// <summary>Completes when everything has started; never, where the start fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Says what comes next, as the end of "waits for …".</summary>
    public void SetWaitingFor(string what) => _waitsFor = what;

    /// <summary>Says that everything has started.</summary>
    public void MarkStarted() => _ended.TrySetResult();
}
