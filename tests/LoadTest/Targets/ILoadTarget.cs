using Reranker.LoadTest.Requests;

namespace Reranker.LoadTest.Targets;

/// <summary>What is loaded.</summary>
internal interface ILoadTarget : IAsyncDisposable
{
    /// <summary>Sends a request and reads its whole answer. Failures are values.</summary>
    /// <param name="body">The request.</param>
    /// <param name="scores">Gets a logit a passage, in the passages' order.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    Task<Answer> SendAsync(LoadBody body, Memory<float> scores, CancellationToken cancellationToken);
}
