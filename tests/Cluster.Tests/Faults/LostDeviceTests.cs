using System.Net;
using Reranker.ClusterKit;

namespace Reranker.Cluster.Tests.Faults;

public sealed class LostDeviceTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private const int DeviceLost = 3;
    private const string Tei = """{"query":"which?","texts":["this","that"]}""";

    [Fact(Timeout = 120_000)]
    public async Task A_silo_without_devices_ends_with_its_exit_code_and_its_gateway_serves_again_when_it_is_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await LocalCluster.StartGatewayAsync(cancellation);
        var silo = await cluster.StartSiloAsync(
            model.Folder, cancellation, "--Reranker:Devices", "0,1", "--Reranker:Scripted:LoseDeviceAfter", "4");
        await cluster.WaitForAsync("/v1/health/ready", HttpStatusCode.OK, cancellation);

        LocalCluster.Reply reply;
        do
        {
            reply = await cluster.PostAsync("/rerank", Tei, cancellation);
        }
        while (reply.Status == HttpStatusCode.OK);

        Assert.True(reply.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout, $"{reply.Status}: {reply.Body}\n{cluster.Gateway.Output}");
        Assert.NotEmpty(reply.Body.GetProperty("error").GetString()!);
        Assert.Equal(DeviceLost, await silo.WaitForExitAsync(cancellation));

        await cluster.StartSiloAsync(model.Folder, cancellation);
        do
        {
            reply = await cluster.PostAsync("/rerank", Tei, cancellation);
        }
        while (reply.Status != HttpStatusCode.OK);
        Assert.Equal(2, reply.Body.GetArrayLength());
    }
}
