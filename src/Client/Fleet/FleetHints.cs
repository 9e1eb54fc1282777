using System.Collections.Concurrent;
using Reranker.Fleet;

namespace Reranker.Client.Fleet;

/// <summary>
/// Keeps the newest hint of each model; every reply writes it and every request reads it. One model's queue says nothing of another's,
/// so a hint is kept by identity, and under the name that its caller asked for.
/// </summary>
internal sealed class FleetHints(TimeProvider time)
{
    // Names are never empty, so this stands for the default model, and among identities for silos that do not say whose hint it is.
    private const string Unnamed = "";

    private readonly ConcurrentDictionary<string, TimedHint> _hints = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _identities = new(StringComparer.Ordinal);

    /// <summary>
    /// The hint of a model as it is now: its wait is shorter by the time since it came. A caller that waits because of a hint gets no
    /// reply that could correct it, and must not wait for ever.
    /// </summary>
    /// <param name="model">Name or identity; null is the default model. Where identities share a name, the one that answered last.</param>
    /// <returns>Null when nothing was heard of it.</returns>
    public FleetHint? FindHint(string? model)
    {
        var asked = model ?? Unnamed;
        if (!_hints.TryGetValue(_identities.GetValueOrDefault(asked, asked), out var newest) && !_hints.TryGetValue(Unnamed, out newest))
        {
            return null;
        }

        var age = time.GetElapsedTime(newest.At).TotalMilliseconds;
        return newest.Hint with { ExpectedWaitMilliseconds = (int)Math.Max(0, newest.Hint.ExpectedWaitMilliseconds - age) };
    }

    /// <summary>Keeps the hint of a reply, if it says something; a fleet that serves nothing at present sends an empty one.</summary>
    /// <param name="model">What the request asked for: name, identity or null.</param>
    /// <param name="hint">What came back.</param>
    public void Update(string? model, FleetHint hint)
    {
        if (TryKeep(hint))
        {
            _identities[model ?? Unnamed] = hint.ModelIdentity ?? Unnamed;
        }
    }

    /// <summary>Keeps what the fleet says of all its models, and forgets the others.</summary>
    public void Update(FleetInfo info)
    {
        if (info.Hints is null)
        {
            Update(model: null, info.Hint);
            return;
        }

        var identities = info.Models.Select(static m => m.Identity).ToHashSet(StringComparer.Ordinal);
        var names = info.Models.Select(static m => m.Name).Append(Unnamed).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _hints.Keys.Where(identity => !identities.Contains(identity)))
        {
            _hints.TryRemove(gone, out _);
        }

        foreach (var gone in _identities.Where(pair => !names.Contains(pair.Key) || !identities.Contains(pair.Value)))
        {
            _identities.TryRemove(gone);
        }

        foreach (var hint in info.Hints)
        {
            TryKeep(hint);
        }

        for (var i = info.Models.Length - 1; i >= 0; i--)
        {
            // The first of a name is its newest, the first of all the default.
            _identities[info.Models[i].Name] = info.Models[i].Identity;
            _identities[Unnamed] = info.Models[i].Identity;
        }
    }

    private bool TryKeep(FleetHint hint)
    {
        var says = hint.TokensPerSecond > 0 && double.IsFinite(hint.TokensPerSecond);
        if (says)
        {
            _hints[hint.ModelIdentity ?? Unnamed] = new TimedHint(hint, time.GetTimestamp());
        }

        return says;
    }

    private sealed record TimedHint(FleetHint Hint, long At);
}
