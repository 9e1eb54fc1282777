using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Reranker.Cluster.Tests.Telemetry;

/// <summary>Takes the traces and metrics that processes export over OTLP, by HTTP or by gRPC.</summary>
internal sealed class Collector : IAsyncDisposable
{
    /// <summary>OTLP over HTTP.</summary>
    public const string Http = "http/protobuf";

    /// <summary>OTLP over gRPC.</summary>
    public const string Grpc = "grpc";

    // A byte that says whether the message is compressed, and its length.
    private const int GrpcPrefix = 5;

    private readonly WebApplication _app;
    private readonly string _protocol;
    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentQueue<byte[]> _metrics = new();

    private Collector(WebApplication app, string protocol) => (_app, _protocol) = (app, protocol);

    /// <summary>Variables that make a process export to it what its callers sampled, and nothing by chance.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = _protocol,
        ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio",
        ["OTEL_TRACES_SAMPLER_ARG"] = "0",
    };

    /// <summary>All spans so far.</summary>
    public IReadOnlyCollection<Span> Spans => _spans;

    /// <summary>Starts it on a free port.</summary>
    public static async Task<Collector> StartAsync(string protocol, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, l => l.Protocols = protocol == Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var collector = new Collector(builder.Build(), protocol);
        collector._app.MapPost("/v1/traces", context => collector.TakeAsync(context, prefix: 0));
        collector._app.MapPost("/v1/metrics", async context => collector._metrics.Enqueue(await ReadAsync(context)));
        collector._app.MapPost(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            async context =>
            {
                await collector.TakeAsync(context, GrpcPrefix);
                await AnswerAsync(context);
            });
        collector._app.MapPost(
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            async context =>
            {
                collector._metrics.Enqueue(await ReadAsync(context));
                await AnswerAsync(context);
            });
        await collector._app.StartAsync(cancellationToken);
        return collector;
    }

    /// <summary>Whether a metric was exported with an exemplar of that trace: its id is in no other part of a message of metrics.</summary>
    public bool HasExemplar(string trace)
    {
        var id = Convert.FromHexString(trace);
        return _metrics.Any(message => message.AsSpan().IndexOf(id) >= 0);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // An empty message, and that all went well.
    private static async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[GrpcPrefix], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task TakeAsync(HttpContext context, int prefix)
    {
        foreach (var span in Span.ReadAll((await ReadAsync(context))[prefix..]))
        {
            _spans.Enqueue(span);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
