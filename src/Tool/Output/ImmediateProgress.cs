namespace Reranker.Tool.Output;

/// <summary>Reports on the caller's thread. <see cref="Progress{T}"/> posts to the thread pool, where reports may overtake each other.</summary>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
