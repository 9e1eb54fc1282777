using System.Globalization;
using System.Text.Json;
using Reranker.ClusterKit.Stores;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills.Images;

/// <summary>
/// The images serve: entry points as the user that the Dockerfile names, on a read-only root, with the folders for writing that the
/// chart mounts; health checks as a container runtime runs them. What cannot be had here are the base images, and GPUs.
/// </summary>
[Collection(ImageSuite.Name)]
public sealed class ImageDrills(ImageBuild build)
{
    private const string Body = """{"query": "when does the train leave", "texts": ["The train leaves at nine.", "A recipe for soup."]}""";

    [Theory(Timeout = 600_000)]
    [InlineData("silo", "01-default-values.yaml", "-silo-cpu")]
    [InlineData("silo-gpu", "02-one-gpu-values.yaml", "-silo-gpu")]
    public async Task A_silo_and_a_gateway_rerank_on_read_only_roots(string silo, string values, string workload)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", values));
        var writable = new RenderedPod(documents.Find("Deployment", workload)).ListWritableMounts().ToArray();
        await using var store = MembershipServer.Create(nameof(RedisServer.Redis));
        await store.StartAsync(cancellation);
        Dictionary<string, string> cluster = new() { ["Reranker__Clustering"] = store.Clustering, ["Reranker__Cluster__ConnectionString"] = store.ConnectionString };
        var (gatewayImage, siloImage) = (await Image.CreateAsync(build, "gateway", cancellation), await Image.CreateAsync(build, silo, cancellation));
        await using var gateway = ImageProcess.Start(
            gatewayImage,
            new RenderedPod(documents.Find("Deployment", "-gateway")).ListWritableMounts(),
            environment: new(cluster) { ["Gateway__DrainDelay"] = "0s" });
        Assert.Equal(1, (await gateway.CheckHealthAsync(cancellation)).ExitCode);
        await using var node = ImageProcess.Start(siloImage, writable, environment: new(cluster)
        {
            // There is no GPU here, so the GPU image runs on what it has beside.
            ["Reranker__Engine"] = "Cpu",
            ["Reranker__Models__0"] = "/app/models/mini",
            ["Reranker__Cluster__AdvertisedAddress"] = "127.0.0.1",
            ["Reranker__Cluster__SiloPort"] = LoopbackPorts.Take().ToString(CultureInfo.InvariantCulture),
            ["Reranker__Cluster__GatewayPort"] = LoopbackPorts.Take().ToString(CultureInfo.InvariantCulture),
        });

        await node.WaitUntilHealthyAsync(cancellation);
        await gateway.WaitUntilHealthyAsync(cancellation);
        CheckScores(await gateway.RerankAsync(Body, cancellation));
        await CheckConfinementAsync(node, writable, cancellation);
        await CheckConfinementAsync(gateway, ["/tmp"], cancellation);
        Assert.Equal(0, await gateway.StopAsync(cancellation));
        Assert.Equal(0, await node.StopAsync(cancellation));
    }

    [Fact(Timeout = 600_000)]
    public async Task The_tool_serves_alone_on_a_read_only_root()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var tool = ImageProcess.Start(await Image.CreateAsync(build, "tool", cancellation), ["/tmp"]);

        await tool.WaitUntilHealthyAsync(cancellation);
        CheckScores(await tool.RerankAsync(Body, cancellation));
        await CheckConfinementAsync(tool, ["/tmp"], cancellation);
        Assert.Equal(0, await tool.StopAsync(cancellation));
        Assert.Equal(1, (await tool.CheckHealthAsync(cancellation)).ExitCode);
    }

    private static void CheckScores(string answer)
    {
        using var scores = JsonDocument.Parse(answer);
        Assert.Equal([0, 1], scores.RootElement.EnumerateArray().Select(static s => s.GetProperty("index").GetInt32()).Order());
        Assert.All(scores.RootElement.EnumerateArray(), static s => Assert.InRange(s.GetProperty("score").GetDouble(), 0, 1));
    }

    private static async Task CheckConfinementAsync(ImageProcess process, string[] writable, CancellationToken cancellationToken)
    {
        var (users, mounts) = await process.ReadKernelAsync(cancellationToken);

        // As this machine sees it: the image's user where root started it, else whoever runs the drill.
        Assert.All(users.Split(' '), static u => Assert.True(u != "0" && (u == "64198" || !Environment.IsPrivilegedProcess), u));
        Assert.Equal(writable.Order(), mounts.Where(static m => m != "/proc" && m.Split('/')[1] != "dev" || m == "/dev/shm").Order());
    }
}
