using Reranker.ServiceDefaults.Clustering.Stores;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>A membership store whose clock, and whether it answers, a test says.</summary>
internal sealed class FakeStore(TimeProvider time) : IMembershipStore
{
    /// <summary>How far its clock is ahead of this machine's.</summary>
    public TimeSpan Ahead { get; set; }

    public bool Answers { get; set; } = true;

    /// <summary>Whether it takes connections and says nothing.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Why it refuses, if it does.</summary>
    public string? Refusal { get; set; }

    public Task PrepareAsync(CancellationToken cancellationToken) =>
        IsSilent ? Task.Delay(Timeout.Infinite, cancellationToken)
        : Answers && Refusal is null ? Task.CompletedTask
        : Task.FromException(new IOException("No answer."));

    public string? FindSettingFault(Exception exception) => Refusal;

    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken)
        => Answers ? Task.FromResult(time.GetUtcNow() + Ahead) : Task.FromException<DateTimeOffset>(new IOException("No answer."));
}
