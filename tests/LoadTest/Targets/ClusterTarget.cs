using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Reranker.Client;
using Reranker.Client.Connection;
using Reranker.Client.Hosting;
using Reranker.LoadTest.Requests;

namespace Reranker.LoadTest.Targets;

/// <summary>A cluster through the client package, as another service would use it.</summary>
internal sealed class ClusterTarget : ILoadTarget
{
    // The client ends a request at its deadline; this is for a client that does not.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly IHost _host;
    private readonly IReranker _reranker;
    private readonly RerankOptions _request;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    private ClusterTarget(IHost host, TimeSpan deadline, TimeProvider time)
    {
        (_host, _time, _timeout) = (host, time, deadline + Grace);
        _reranker = host.Services.GetRequiredService<IReranker>();
        _request = new RerankOptions { Deadline = deadline };
    }

    /// <summary>Connects, and waits until the cluster has a worker that is ready.</summary>
    /// <exception cref="LoadTestException">There is none in time.</exception>
    public static async Task<ClusterTarget> ConnectAsync(
        ClusterConnection connection, LoadOptions options, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddRerankerClient(connection, client => client.Seed = options.Seed);
        var target = new ClusterTarget(builder.Build(), options.Deadline, time);
        try
        {
            await target._host.StartAsync(cancellationToken);
            await target.WaitForWorkerAsync(patience, cancellationToken);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    public async Task<Answer> SendAsync(LoadBody body, Memory<float> scores, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_timeout);
        var sent = _time.GetTimestamp();
        RerankResponse response;
        try
        {
            response = await _reranker.TryRerankAsync(body.Query, body.Passages, _request, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return new Answer("timeout");
        }

        var took = _time.GetElapsedTime(sent);
        if (response.Result is not { } result)
        {
            return Answer.Of(response.Outcome);
        }

        for (var i = 0; i < result.Passages.Count; i++)
        {
            scores.Span[i] = result.Passages[i].Logit;
        }

        return new Answer(null, Tokens: (int)result.Usage.Tokens) { Overhead = Overhead.Of(result, took) };
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private async Task WaitForWorkerAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var fleet = _host.Services.GetRequiredService<IFleetInfo>();
        var started = _time.GetTimestamp();
        while (true)
        {
            string problem;
            try
            {
                var info = await fleet.GetFleetAsync(cancellationToken);
                if (info.Models.Any(static m => m.ReadyWorkers > 0))
                {
                    return;
                }

                problem = "The cluster has no worker that is ready";
            }
            catch (RerankException)
            {
                problem = "No silo of the cluster answers";
            }

            if (_time.GetElapsedTime(started) > patience)
            {
                throw new LoadTestException($"{problem}, after {patience.TotalSeconds:0} s.");
            }

            await Task.Delay(PollInterval, _time, cancellationToken);
        }
    }
}
