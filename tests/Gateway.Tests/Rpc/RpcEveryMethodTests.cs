using Grpc.Core;
using Reranker.Gateway.Rpc;

namespace Reranker.Gateway.Tests.Rpc;

/// <summary>What holds for every method of every service. The list comes from the host, so that none is forgotten.</summary>
public sealed class RpcEveryMethodTests
{
    private static readonly string[] WithoutKey =
    [
        "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch",
        "/inference.GRPCInferenceService/ServerLive", "/inference.GRPCInferenceService/ServerReady",
    ];

    private static readonly (string, string)[] Keys = [("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", "key-of-a-0123456789"), ("Grpc:Reflection", "true")];

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer key-of-nobody-01234")]
    [InlineData("Basic a2V5")]
    public async Task No_key_or_a_wrong_one_opens_nothing(string? shown)
    {
        await using var host = await RpcTestHost.StartAsync(Keys);
        (string, string)[] headers = shown is null ? [] : [("authorization", shown)];
        var guarded = host.Gateway.RpcMethods.Except(WithoutKey).ToArray();

        // Ours, TEI's three services, KServe's without its two probes, and reflection's two versions.
        Assert.True(guarded.Length >= 2 + 7 + 4 + 1, string.Join(' ', guarded));
        foreach (var method in guarded)
        {
            var status = await RawRpc.SendAsync(host.Gateway, method, RawRpc.Frame([]), headers);
            Assert.True(status is { Code: StatusCode.Unauthenticated, Content.Length: 0 }, $"{method}: {status}");
        }

        Assert.Empty(host.Reranker.Calls);
        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Fact]
    public async Task A_plain_post_to_a_method_is_refused_too()
    {
        await using var host = await RpcTestHost.StartAsync(Keys);

        foreach (var method in host.Gateway.RpcMethods.Except(WithoutKey))
        {
            Assert.Equal(401, (await host.Gateway.PostAsync(method, "{}")).Status);
        }

        Assert.Equal(404, (await host.Gateway.PostAsync("/reranker.v1.Rerank/Other", "{}")).Status);
    }

    [Fact]
    public async Task Every_method_refuses_what_is_no_message_and_a_time_that_is_none()
    {
        await using var host = await RpcTestHost.StartAsync(("Grpc:Reflection", "true"), ("MaxBodyBytes", "2000"));
        foreach (var method in host.Gateway.RpcMethods)
        {
            var late = await RawRpc.SendAsync(host.Gateway, method, RawRpc.Frame([]), ("grpc-timeout", "soon"));
            Assert.True(late.Code == StatusCode.InvalidArgument && late.Message.Contains("grpc-timeout", StringComparison.Ordinal), $"{method}: {late}");

            // Field 1 as a text of 200 bytes, of which one comes.
            var bad = await RawRpc.SendAsync(host.Gateway, method, RawRpc.Frame([0x0A, 0xC8, 0x01, 0x61]));
            Assert.True(bad.Code is StatusCode.InvalidArgument, $"{method}: {bad}");

            var large = await RawRpc.SendAsync(host.Gateway, method, RawRpc.Frame(new byte[3000]));
            Assert.True(large.Code == StatusCode.ResourceExhausted || method.Contains("Predict/Predict", StringComparison.Ordinal), $"{method}: {large}");
        }

        Assert.Empty(host.Reranker.Calls);
        Assert.Equal(0, host.Gateway.HeldBytes);
        Assert.DoesNotContain(host.Gateway.Logs.Messages, static message => message.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("00 00000009 0A0171", "Incomplete message.")] // broken off
    [InlineData("00 000000", "Incomplete message.")] // within its head
    [InlineData("07 00000003 0A0171", "not one of this method")] // a flag that is none
    [InlineData("01 00000003 0A0171", "grpc-encoding")] // compressed, and nobody says how
    [InlineData("00 00000003 0F0171", "not one of this method")] // a wire type that is none
    public async Task A_frame_that_is_none_is_the_callers_error(string frame, string reason)
    {
        await using var host = await RpcTestHost.StartAsync(("Grpc:Reflection", "true"));
        foreach (var method in host.Gateway.RpcMethods.Where(static method => !ReadsNothing(method)))
        {
            var status = await RawRpc.SendAsync(host.Gateway, method, Convert.FromHexString(frame.Replace(" ", "", StringComparison.Ordinal)));

            Assert.True(status.Code == StatusCode.InvalidArgument && status.Message.Contains(reason, StringComparison.Ordinal), $"{method}: {status}");
        }

        Assert.Empty(host.Reranker.Calls);
        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Theory]
    [InlineData("00 000007D1")]
    [InlineData("00 7FFFFFFF")]
    [InlineData("00 80000000")]
    [InlineData("00 FFFFFFFF 0A")]
    public async Task A_message_that_claims_to_be_larger_than_allowed_is_refused_before_it_comes(string head)
    {
        await using var host = await RpcTestHost.StartAsync(("MaxBodyBytes", "2000"), ("Grpc:Reflection", "true"));
        foreach (var method in host.Gateway.RpcMethods.Where(static method => !ReadsNothing(method)))
        {
            var status = await RawRpc.SendAsync(host.Gateway, method, Convert.FromHexString(head.Replace(" ", "", StringComparison.Ordinal)));

            Assert.True(status.Code == StatusCode.ResourceExhausted, $"{method}: {status}");
        }

        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Fact]
    public async Task Of_a_message_to_callers_only_what_must_be_is_escaped()
    {
        await using var host = await RpcTestHost.StartAsync(Keys);

        var status = await RawRpc.SendAsync(host.Gateway, "/reranker.v1.Rerank/Rerank", RawRpc.Frame([]));

        Assert.Equal("no api key supplied, or an invalid one", status.RawMessage);
        Assert.Equal("100%25 of 'caf%C3%A9'%0A~", RpcStatus.EncodeMessage("100% of 'café'\n~"));
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_unimplemented()
    {
        await using var host = await RpcTestHost.StartAsync();

        foreach (var method in (string[])["/reranker.v1.Rerank/Other", "/tei.v1.Embed/Embed", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"])
        {
            Assert.Equal(StatusCode.Unimplemented, (await RawRpc.SendAsync(host.Gateway, method, RawRpc.Frame([]))).Code);
        }
    }

    // It answers before it has read a message.
    private static bool ReadsNothing(string method) => method == "/tei.v1.Predict/PredictStream";

    [Fact]
    public async Task A_compressed_message_is_refused()
    {
        await using var host = await RpcTestHost.StartAsync();
        byte[] frame = [1, 0, 0, 0, 1, 0];

        var status = await RawRpc.SendAsync(host.Gateway, "/reranker.v1.Rerank/Rerank", frame, ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.Unimplemented, status.Code);
    }
}
