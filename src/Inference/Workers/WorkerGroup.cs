using System.Collections.Immutable;

namespace Reranker.Inference.Workers;

/// <summary>
/// The workers of one process. Those that serve the same model help each other: an idle one takes from the queue of a busy
/// one, and what a lost one had is taken over.
/// </summary>
public sealed class WorkerGroup
{
    private ImmutableArray<GroupMember> _members = [];

    internal void Add(GroupMember member) => ImmutableInterlocked.Update(ref _members, static (all, m) => all.Add(m), member);

    internal void RemoveAndRescue(GroupMember member)
    {
        ImmutableInterlocked.Update(ref _members, static (all, m) => all.Remove(m), member);
        WakeHelpersOrEndItems(member.ModelIdentity);
    }

    /// <summary>A sibling with more than it can start now, or with work in its queue and a device that is lost or fails.</summary>
    internal GroupMember? FindSiblingToHelp(GroupMember helper)
    {
        if (!helper.Life.CanRun)
        {
            return null;
        }

        foreach (var member in _members)
        {
            if (member.NeedsHelp && member.IsSiblingOf(helper))
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>A sibling with work in its queue that its own device does not run.</summary>
    internal GroupMember? FindSiblingThatCannotRun(GroupMember helper)
    {
        foreach (var member in _members)
        {
            if (member.IsOrphaned && member.IsSiblingOf(helper))
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>Others that may take from a member's queue.</summary>
    internal int CountHelpers(GroupMember member)
    {
        var count = 0;
        foreach (var other in _members)
        {
            count += other.IsSiblingOf(member) && other.Life.CanRun ? 1 : 0;
        }

        return count;
    }

    /// <summary>More waits at a busy member: one that is idle may help.</summary>
    internal void WakeIdleSibling(GroupMember busy)
    {
        foreach (var member in _members)
        {
            if (member.IsSiblingOf(busy) && member.Life.CanRun && !member.Gate.IsBusy)
            {
                member.Gate.WakeLanes();
                return;
            }
        }
    }

    /// <summary>Something of a model may wait where it is not run: others of that model are woken for it, or, where there is none, it ends.</summary>
    internal void WakeHelpersOrEndItems(string modelIdentity)
    {
        var all = _members.Where(m => m.ModelIdentity == modelIdentity).ToArray();
        var helpers = all.Where(m => m.Life.CanRun).ToArray();
        foreach (var helper in helpers)
        {
            helper.Gate.WakeLanes();
        }

        if (helpers.Length > 0)
        {
            return;
        }

        foreach (var member in all.Where(m => m.Life.IsWithoutDevice))
        {
            member.Queue.EndAll(member.Life.OutcomeWithoutDevice);
        }
    }
}
