using Reranker.TestKit.Processes;

namespace Reranker.ClusterKit.Processes;

/// <summary>One server of the bundled model for all tests of a class that leave it as it was: a start takes seconds of processor.</summary>
public sealed class ServedModel : IAsyncLifetime
{
    private ProgramProcess _server = null!;

    /// <summary>Talks to it.</summary>
    public HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync() => (_server, Http.BaseAddress) = await RerankerProgram.ServeAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
