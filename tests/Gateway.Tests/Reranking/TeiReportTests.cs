using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Requests;
using Reranker.TestKit;

namespace Reranker.Gateway.Tests.Reranking;

/// <summary>The metrics under the names of Text Embeddings Inference: for all dialects, and only where they are asked for.</summary>
public sealed class TeiReportTests
{
    private readonly ConcurrentDictionary<string, double> _sums = new();

    [Fact]
    public async Task Requests_of_every_dialect_are_counted_under_that_servers_names()
    {
        using var listener = Listen();
        await using var host = await GatewayHost.StartAsync(("TeiMetrics", "true"));
        await host.PostAsync("/rerank", """{"query":"q","texts":["a","b"]}""");
        await host.PostAsync("/v1/rerank", """{"query":"q","documents":["a"]}""");
        await host.PostAsync("/v1/rerank", """{"query":"q"}""");
        host.Reranker.Fail(RerankOutcome.Busy, TimeSpan.FromSeconds(1));
        await host.PostAsync("/rerank", """{"query":"q","texts":["a"]}""");

        // A request is counted when its reply has gone.
        await Until.TrueAsync(() => _sums.Where(static sum => sum.Key.StartsWith("te_request_count", StringComparison.Ordinal)).Sum(static sum => sum.Value) == 4);
        Assert.Equal((1, 1), (_sums["te_request_success batch"], _sums["te_request_success single"]));
        Assert.Equal((1, 1), (_sums["te_request_failure validation"], _sums["te_request_failure overloaded"]));
        Assert.Equal((4, 3), (_sums["te_predict_count "], _sums["te_predict_success "]));
        Assert.Equal(30, _sums["te_request_input_length "]);
        Assert.Equal((0.002, 0.004, 0.006), (_sums["te_request_tokenization_duration "], _sums["te_request_queue_duration "], _sums["te_request_inference_duration "]));
        Assert.True(_sums["te_request_duration "] > 0);
    }

    [Fact]
    public async Task Without_the_option_there_are_none()
    {
        using var listener = Listen();
        await using (var host = await GatewayHost.StartAsync())
        {
            await host.PostAsync("/rerank", """{"query":"q","texts":["a","b"]}""");
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Empty(_sums);
    }

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Reranker.Tei")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => _sums.AddOrUpdate($"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}", value, (_, sum) => sum + value);
}
