using System.Reflection;

namespace Reranker.Simulation.Fleet;

/// <summary>A grain factory for a fleet that is reached without Orleans: it hands out nothing.</summary>
internal class NoGrains : DispatchProxy
{
    /// <summary>Makes one.</summary>
    public static IGrainFactory Create() => Create<IGrainFactory, NoGrains>();

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
}
