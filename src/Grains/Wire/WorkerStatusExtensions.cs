using Reranker.Inference.Scoring;
using Reranker.Workers;

namespace Reranker.Grains.Wire;

/// <summary>A worker's state in the terms of the wire.</summary>
internal static class WorkerStatusExtensions
{
    /// <summary>The status as it travels.</summary>
    public static WorkerLoad ToLoad(this WorkerStatus status)
    {
        var models = new ModelLoad[status.Models.Count];
        var load = new WorkerLoad { Sequence = status.Sequence, Models = models };
        for (var i = 0; i < models.Length; i++)
        {
            var model = models[i] = status.Models[i].ToLoad();
            load = load with
            {
                QueuedTokens = load.QueuedTokens + model.QueuedTokens,
                TokensPerSecond = Math.Max(load.TokensPerSecond, model.TokensPerSecond),
                InFlightMicroseconds = Math.Max(load.InFlightMicroseconds, model.InFlightMicroseconds),
                BacklogMicroseconds = load.BacklogMicroseconds + model.BacklogMicroseconds,
            };
        }

        return load with
        {
            State = status switch
            {
                { Lost: true } => WorkerState.Lost,
                { Models: var all } when all.Any(static m => m.Ready) => WorkerState.Ready,
                { Draining: true } or { Suspended: true } => WorkerState.Draining,
                _ => WorkerState.Unknown,
            },
        };
    }

    /// <summary>The place of a work as it travels.</summary>
    public static WorkStage ToWire(this RequestStage stage) => stage switch
    {
        RequestStage.Waiting => WorkStage.Queued,
        RequestStage.Running => WorkStage.Running,
        _ => WorkStage.Absent,
    };

    /// <summary>The outcome as it travels.</summary>
    public static ScoreOutcome ToWire(this WorkOutcome outcome) => outcome switch
    {
        WorkOutcome.Ok => ScoreOutcome.Ok,
        WorkOutcome.Busy => ScoreOutcome.Busy,
        WorkOutcome.Expired => ScoreOutcome.Expired,
        WorkOutcome.Draining => ScoreOutcome.Draining,
        WorkOutcome.WrongModel => ScoreOutcome.WrongModel,
        WorkOutcome.Invalid => ScoreOutcome.Invalid,
        // To the caller it is the same: not here, and perhaps elsewhere.
        WorkOutcome.DeviceLost or WorkOutcome.DeviceFailing => ScoreOutcome.DeviceLost,
        WorkOutcome.Cancelled => ScoreOutcome.Cancelled,
        _ => ScoreOutcome.Failed,
    };

    private static ModelLoad ToLoad(this ModelStatus status) => new()
    {
        Identity = status.Identity,
        QueuedTokens = status.QueuedTokens,
        TokensPerSecond = status.TokensPerSecond,
        InFlightMicroseconds = (long)status.InFlight.TotalMicroseconds,
        BacklogMicroseconds = (long)status.Backlog.TotalMicroseconds,
        State = status switch
        {
            { Lost: true } => WorkerState.Lost,

            // A planner treats both alike, and silos of earlier releases know no other state.
            { Draining: true } or { Suspended: true } => WorkerState.Draining,
            { Ready: true } => WorkerState.Ready,
            _ => WorkerState.Unknown,
        },
    };
}
