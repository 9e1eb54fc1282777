using Reranker.Fleet;

namespace Reranker.Client.Fleet;

/// <summary>The newest hint, written by every reply and read by every request, without a lock.</summary>
internal sealed class FleetHintCell
{
    private volatile Box? _newest;

    public FleetHint? Current => _newest?.Hint;

    /// <summary>Keeps a hint that says something; a fleet that serves nothing at present sends an empty one.</summary>
    public void Update(FleetHint hint)
    {
        if (hint.TokensPerSecond > 0 && double.IsFinite(hint.TokensPerSecond))
        {
            _newest = new Box(hint);
        }
    }

    private sealed record Box(FleetHint Hint);
}
