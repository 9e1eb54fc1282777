namespace Reranker.Attempts;

/// <summary>
/// The next step of a race of attempts. A history of what happened so far decides it, and the race carries it out: neither asks flags of
/// the other what to do.
/// </summary>
/// <typeparam name="TStart">What a race needs to know of an attempt to start it.</typeparam>
/// <typeparam name="TResult">What a race ends with.</typeparam>
internal readonly record struct AttemptStep<TStart, TResult>
{
    /// <summary>What is done.</summary>
    public AttemptStepKind Kind { get; private init; }

    /// <summary>How long the race waits before it starts an attempt.</summary>
    public TimeSpan Pause { get; private init; }

    /// <summary>The attempt to start; set with <see cref="AttemptStepKind.Start"/> alone.</summary>
    public TStart? Attempt { get; private init; }

    /// <summary>The result; set with <see cref="AttemptStepKind.Finish"/> alone.</summary>
    public TResult? Result { get; private init; }

    /// <summary>The race waits for what is under way.</summary>
    public static AttemptStep<TStart, TResult> Wait => default;

    /// <summary>The race starts an attempt, after a pause where one is given.</summary>
    public static AttemptStep<TStart, TResult> Start(TStart attempt, TimeSpan pause = default)
        => new() { Kind = AttemptStepKind.Start, Attempt = attempt, Pause = pause };

    /// <summary>The race ends.</summary>
    public static AttemptStep<TStart, TResult> Finish(TResult result) => new() { Kind = AttemptStepKind.Finish, Result = result };
}
