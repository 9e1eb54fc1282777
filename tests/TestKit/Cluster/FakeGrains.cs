using System.Reflection;

namespace Reranker.TestKit.Cluster;

/// <summary>A grain factory that hands out what a test has, by the grain's interface and key.</summary>
public class FakeGrains : DispatchProxy
{
    private Func<Type, object, object> _find = null!;

    /// <summary>Makes one.</summary>
    /// <param name="find">The grain of an interface and a key, which is a string or a number.</param>
    public static IGrainFactory Create(Func<Type, object, object> find)
    {
        var factory = Create<IGrainFactory, FakeGrains>();
        ((FakeGrains)(object)factory)._find = find;
        return factory;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        => targetMethod is { Name: nameof(IGrainFactory.GetGrain), IsGenericMethod: true } && args![0] is string or long
            ? _find(targetMethod.GetGenericArguments()[0], args[0]!)
            : throw new NotSupportedException();
}
