using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace Reranker.Gateway.Tests.Rpc;

public sealed class ReflectionTests
{
    [Fact]
    public async Task Services_are_listed_for_a_caller_with_a_key_where_that_is_wanted()
    {
        await using var host = await RpcTestHost.StartAsync(("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", "key-of-a-0123456789"), ("Grpc:Reflection", "true"));
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo(
            new Metadata { { "authorization", "Bearer key-of-a-0123456789" } }, cancellationToken: TestContext.Current.CancellationToken);
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);

        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        var names = call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name).ToArray();
        Assert.Superset(
            new HashSet<string> { "reranker.v1.Rerank", "tei.v1.Info", "tei.v1.Predict", "tei.v1.Rerank", "inference.GRPCInferenceService", "grpc.health.v1.Health" },
            new HashSet<string>(names));
        await call.RequestStream.CompleteAsync();
    }
}
