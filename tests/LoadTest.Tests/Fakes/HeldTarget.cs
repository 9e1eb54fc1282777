using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Targets;

namespace Reranker.LoadTest.Tests.Fakes;

/// <summary>Answers when told to.</summary>
internal sealed class HeldTarget : ILoadTarget
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sent;

    /// <summary>Requests that came.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>The logit of every passage.</summary>
    public float Logit { get; init; } = 1;

    public Answer Answer { get; init; } = new(Error: null, Tokens: 10);

    public void Release() => _released.TrySetResult();

    public async Task<Answer> SendAsync(LoadBody body, Memory<float> scores, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sent);
        await _released.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested)
        {
            return new Answer("timeout");
        }

        scores.Span.Fill(Logit);
        return Answer;
    }

    public ValueTask DisposeAsync()
    {
        Release();
        return ValueTask.CompletedTask;
    }
}
