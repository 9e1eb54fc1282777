using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Json;
using Reranker.Tool.Arguments;
using Reranker.Tool.Commands;

namespace Reranker.Tool.Tests.Telemetry;

/// <summary>One request is one trace, from the caller's span through the gateway and the grains; batches link to it.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task A_request_is_one_tree_under_its_caller_and_its_batches_link_to_it()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var trace = ActivityTraceId.CreateRandom();
        var caller = ActivitySpanId.CreateRandom();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        var arguments = new ServeArguments();
        var command = new Command("serve");
        arguments.AddTo(command);
        await using (var app = await ServeCommand.BuildAsync(arguments, command.Parse(["--urls", "http://127.0.0.1:0", "--engine", "cpu"]), cancelled))
        {
            await app.StartAsync(cancelled);
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/rerank")
            {
                Content = JsonContent.Create(new { query = "secret question", texts = new[] { "secret answer", "another" } }),
            };
            request.Headers.Add("traceparent", $"00-{trace}-{caller}-01");
            using var response = await http.SendAsync(request, cancelled);
            Assert.True(response.IsSuccessStatusCode);
            await app.StopAsync(cancelled);
        }

        var tree = spans.Where(s => s.TraceId == trace).ToArray();
        var ids = tree.Select(s => s.SpanId).Append(caller).ToHashSet();
        Assert.All(tree, s => Assert.Contains(s.ParentSpanId, ids));
        foreach (var name in new[] { "rerank", "plan", "score" })
        {
            Assert.Contains(tree, s => s.OperationName == name);
        }

        var batches = spans.Where(s => s.OperationName == "batch").ToArray();
        Assert.Contains(batches, b => b.Links.Any(l => l.Context.TraceId == trace && ids.Contains(l.Context.SpanId)));
        Assert.DoesNotContain(
            spans.SelectMany(s => s.TagObjects).Select(t => t.Value?.ToString() ?? ""), v => v.Contains("secret", StringComparison.Ordinal));
    }
}
