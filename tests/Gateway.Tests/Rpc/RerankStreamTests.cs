using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Reranker.Protocols.Wire;
using Reranker.TestKit;

namespace Reranker.Gateway.Tests.Rpc;

public sealed class RerankStreamTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_is_answered_when_it_has_ended_and_not_in_their_order()
    {
        await using var host = await RpcTestHost.StartAsync();
        var slow = new TaskCompletionSource();
        host.Reranker.Before = async (query, _) => await (query == "slow" ? slow.Task : Task.CompletedTask);
        using var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);
        await SendAsync(call, "slow");
        await SendAsync(call, "fast");

        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        var first = call.ResponseStream.Current;
        await call.RequestStream.CompleteAsync();
        slow.SetResult();
        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        var second = call.ResponseStream.Current;

        Assert.Equal(("fast", 1ul), (first.Id, first.Sequence));
        Assert.Equal(("slow", 0ul), (second.Id, second.Sequence));
        Assert.Equal([1u, 0u], second.Response.Results.Select(static result => result.Index));
        Assert.False(await call.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Fact]
    public async Task A_request_that_fails_leaves_the_others_alone()
    {
        await using var host = await RpcTestHost.StartAsync();
        using var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);
        await call.RequestStream.WriteAsync(new RerankRequest { Id = "empty", Query = "q" }, Cancelled);
        await call.RequestStream.WriteAsync(new RerankRequest { Id = "unknown", Query = "q", Passages = { "a" }, Model = "other" }, Cancelled);
        await SendAsync(call, "good");
        await call.RequestStream.CompleteAsync();

        var replies = await ReadAllAsync(call);

        Assert.Equal((int)StatusCode.InvalidArgument, replies["empty"].Error.Code);
        Assert.Contains("passages", replies["empty"].Error.Message, StringComparison.Ordinal);
        Assert.Equal((int)StatusCode.NotFound, replies["unknown"].Error.Code);
        Assert.Equal(2, replies["good"].Response.Results.Count);
    }

    [Fact]
    public async Task No_more_is_read_than_may_be_scored_at_once()
    {
        await using var host = await RpcTestHost.StartAsync(("Grpc:MaxRequestsPerStream", "2"));
        var (active, most) = (0, 0);
        var gate = new TaskCompletionSource();
        host.Reranker.Before = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref active));
            await gate.Task;
            Interlocked.Decrement(ref active);
        };
        using var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);
        for (var i = 0; i < 6; i++)
        {
            await SendAsync(call, $"{i}");
        }

        await call.RequestStream.CompleteAsync();
        await Until.TrueAsync(() => Volatile.Read(ref active) == 2);
        gate.SetResult();

        Assert.Equal(6, (await ReadAllAsync(call)).Count);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task A_caller_that_hangs_up_ends_all_of_its_requests()
    {
        await using var host = await RpcTestHost.StartAsync();
        var cancelled = new ConcurrentBag<string>();
        var started = 0;
        host.Reranker.Before = async (query, token) =>
        {
            Interlocked.Increment(ref started);
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancelled.Add(query);
            token.ThrowIfCancellationRequested();
        };
        using (var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled))
        {
            await SendAsync(call, "a");
            await SendAsync(call, "b");
            await Until.TrueAsync(() => Volatile.Read(ref started) == 2);
        }

        await Until.TrueAsync(() => cancelled.Count == 2);
        await Until.TrueAsync(() => host.Gateway.HeldBytes == 0);
    }

    [Fact]
    public async Task A_gateway_that_stops_answers_what_it_has_and_sends_the_caller_elsewhere()
    {
        // The signal to stop comes first, the server stops behind it.
        await using var host = await RpcTestHost.StartAsync(("DrainDelay", "0s"));
        var gate = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        host.Reranker.Before = async (_, _) =>
        {
            started.SetResult();
            await gate.Task;
        };
        using var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);
        await SendAsync(call, "last");
        await started.Task.WaitAsync(Cancelled);

        host.Gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        gate.SetResult();

        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        Assert.Equal("last", call.ResponseStream.Current.Id);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        await host.Gateway.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_message_that_is_none_ends_the_stream_with_what_is_wrong()
    {
        await using var host = await RpcTestHost.StartAsync();
        byte[] good = RawRpc.Frame(Google.Protobuf.MessageExtensions.ToByteArray(new RerankRequest { Query = "q", Passages = { "a" } }));

        var status = await RawRpc.SendAsync(host.Gateway, "/reranker.v1.Rerank/RerankStream", [.. good, .. RawRpc.Frame([0x0A, 0xC8, 0x01, 0x61])]);

        Assert.Equal(StatusCode.InvalidArgument, status.Code);
        Assert.NotEmpty(status.Content);
    }

    private static Task SendAsync(AsyncDuplexStreamingCall<RerankRequest, RerankStreamReply> call, string name) =>
        call.RequestStream.WriteAsync(new RerankRequest { Id = name, Query = name, Passages = { "a", "aaa" } }, Cancelled);

    private static async Task<Dictionary<string, RerankStreamReply>> ReadAllAsync(AsyncDuplexStreamingCall<RerankRequest, RerankStreamReply> call)
    {
        var replies = new Dictionary<string, RerankStreamReply>();
        while (await call.ResponseStream.MoveNext(Cancelled))
        {
            replies.Add(call.ResponseStream.Current.Id, call.ResponseStream.Current);
        }

        return replies;
    }
}
