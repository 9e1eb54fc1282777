namespace Reranker.Chart.Drills;

/// <summary>What a resource profile makes of a pool's pods.</summary>
public sealed class ProfileTests
{
    [Theory]
    [InlineData("nvidia-gpu", "Cuda", "", "4", "6Gi")]
    [InlineData("nvidia-h100", "Cuda", "NVIDIA-H100-80GB-HBM3", "8", "8Gi")]
    [InlineData("nvidia-h200", "Cuda", "NVIDIA-H200", "16", "8Gi")]
    [InlineData("nvidia-a10g-tensorrt", "TensorRt", "NVIDIA-A10G", "4", "8Gi")]
    public async Task A_card_is_asked_for_with_what_it_needs_beside_it(string profile, string engine, string product, string processors, string memory)
    {
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", "02-one-gpu-values.yaml", "--set", $"silo.pools.gpu.profile={profile}"));

        var silo = documents.Find("Deployment", "-gpu");
        var pod = RenderedDocuments.FindNode(silo, "spec", "template", "spec")!;
        var resources = RenderedDocuments.FindNode(pod, "containers", "0", "resources")!;
        Assert.Equal(
            (product, processors, memory, "1", "nvidia.com/gpu"),
            (
                RenderedDocuments.ReadText(pod, "nodeSelector", "nvidia.com/gpu.product"),
                RenderedDocuments.ReadText(resources, "requests", "cpu"),
                RenderedDocuments.ReadText(resources, "limits", "memory"),
                RenderedDocuments.ReadText(resources, "limits", "nvidia.com/gpu"),
                RenderedDocuments.ReadText(pod, "tolerations", "0", "key")));
        Assert.Equal(engine, new RenderedPod(silo).ReadEnvironment(new AnySecret())["Reranker__Engine"]);
    }
}
