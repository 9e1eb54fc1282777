namespace Reranker.Attempts;

/// <summary>What a race of attempts does next.</summary>
internal enum AttemptStepKind
{
    /// <summary>It waits for the attempts that are under way.</summary>
    Wait,

    /// <summary>It starts another attempt, after a pause where the step has one.</summary>
    Start,

    /// <summary>It ends with a result.</summary>
    Finish,
}
