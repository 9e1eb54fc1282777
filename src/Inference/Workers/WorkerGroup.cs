using System.Collections.Immutable;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>
/// The workers of one process. Those that serve the same model help each other: an idle one takes from the queue of a busy
/// one, and what a lost one had is taken over.
/// </summary>
public sealed class WorkerGroup
{
    internal const string DeviceLostError = "The device is lost.";
    internal const string DeviceFailingError = "The device fails whatever it is given.";

    private ImmutableArray<ModelRunner> _runners = [];

    internal void Add(ModelRunner runner) => ImmutableInterlocked.Update(ref _runners, (all, r) => all.Add(r), runner);

    internal void Remove(ModelRunner runner)
    {
        ImmutableInterlocked.Update(ref _runners, (all, r) => all.Remove(r), runner);
        SeeTo(runner.Engine.Description.ModelIdentity);
    }

    /// <summary>A sibling with more than it can start now, or with work in its queue and a device that is lost or fails.</summary>
    internal ModelRunner? Overloaded(ModelRunner idle)
    {
        if (!CanHelp(idle))
        {
            return null;
        }

        foreach (var runner in _runners)
        {
            if (IsSibling(idle, runner)
                && runner.Queue.WaitingTokens > 0
                && (IsWithoutDevice(runner) || (runner.State != RunnerState.Stopped && runner.Gate.IsBusy)))
            {
                return runner;
            }
        }

        return null;
    }

    /// <summary>Others that may take from a runner's queue.</summary>
    internal int CountSiblings(ModelRunner runner)
    {
        var count = 0;
        foreach (var other in _runners)
        {
            count += IsSibling(runner, other) && CanHelp(other) ? 1 : 0;
        }

        return count;
    }

    /// <summary>More waits at a busy runner: one that is idle may help.</summary>
    internal void WakeIdle(ModelRunner busy)
    {
        foreach (var runner in _runners)
        {
            if (IsSibling(busy, runner) && CanHelp(runner) && !runner.Gate.IsBusy)
            {
                runner.Gate.Wake();
                return;
            }
        }
    }

    /// <summary>Something waits that its runner will not run: the others of that model see to it, or it ends.</summary>
    internal void SeeTo(string identity)
    {
        var all = _runners.Where(r => r.Engine.Description.ModelIdentity == identity).ToArray();
        var helpers = all.Where(CanHelp).ToArray();
        foreach (var helper in helpers)
        {
            helper.Gate.Wake();
        }

        if (helpers.Length > 0)
        {
            return;
        }

        foreach (var runner in all.Where(IsWithoutDevice))
        {
            var (outcome, error) = runner.State == RunnerState.Lost
                ? (WorkOutcome.DeviceLost, DeviceLostError)
                : (WorkOutcome.DeviceFailing, DeviceFailingError);
            runner.Queue.EndAll(outcome, error);
        }
    }

    private static bool CanHelp(ModelRunner runner)
        => runner.State is RunnerState.Ready or RunnerState.Draining && !runner.Suspension.IsOn;

    private static bool IsWithoutDevice(ModelRunner runner)
        => runner.State == RunnerState.Lost || (runner.State != RunnerState.Stopped && runner.Suspension.IsOn);

    private static bool IsSibling(ModelRunner one, ModelRunner other)
        => one != other && one.Engine.Description.ModelIdentity == other.Engine.Description.ModelIdentity;
}
