using Reranker.TestKit;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>What a cluster that has one set of values already takes of another.</summary>
public sealed class UpgradeTests
{
    private const string Jobs = "06-import-and-build-values.yaml";

    [Theory]
    [InlineData("image.registry=other.example.com")]
    [InlineData("image.pullPolicy=Always")]
    [InlineData("podSecurity.runAsUser=2000")]
    [InlineData("silo.resources.limits.memory=12Gi")]
    [InlineData("silo.runtimeClassName=nvidia")]
    [InlineData("model.volume.type=existingClaim,model.volume.claimName=models")]
    [InlineData("model.import.resources.limits.memory=4Gi")]
    [InlineData("serviceAccount.name=other")]
    public async Task A_job_whose_pod_changes_has_another_name(string change)
    {
        var (before, after) = (await ListJobsAsync(), await ListJobsAsync("--set", change));

        Assert.Equal(before.Count, after.Count);
        Assert.Contains(before.Keys, name => !after.ContainsKey(name));
        Assert.All(before.Keys.Where(after.ContainsKey), name => Assert.Equal(before[name], after[name]));
    }

    [Fact]
    public async Task Names_of_jobs_fit_whatever_release_and_pool_are_called()
    {
        var (code, output, error) = await Chart.RunHelmAsync(
            "4",
            [
                "template", "a-release-with-quite-a-long-name-to-be-sure", Chart.Folder, "--values", Path.Combine(Chart.Folder, "ci", Jobs),
                "--set", "silo.pools.a10g=null,silo.pools.a-pool-of-22-letters-a.profile=nvidia-a10g-tensorrt,silo.pools.a-pool-of-22-letters-b.profile=nvidia-a10g-tensorrt",
            ]);

        Assert.True(code == 0, error);
        var names = new RenderedDocuments(output).FindAll("Job").Select(static j => RenderedDocuments.ReadText(j, "metadata", "name")).ToList();
        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, static name => Assert.InRange(name.Length, 1, 63));
    }

    [Fact]
    public async Task A_first_installation_has_time_for_what_it_waits_for()
    {
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", Jobs));

        // An import and a build of up to an hour each, then a silo; a gateway is ready when a silo is.
        Assert.All(documents.FindAll("Deployment"), static d => Assert.InRange(int.Parse(RenderedDocuments.ReadText(d, "spec", "progressDeadlineSeconds")), 2 * 3600 + 600, 3 * 3600));
    }

    [Fact]
    public async Task Two_releases_of_one_name_do_not_share_a_cluster_in_one_store()
    {
        var ids = new List<string>();
        foreach (var space in (string[])["staging", "production"])
        {
            var (code, output, error) = await Chart.RunHelmAsync("4", ["template", "search", Chart.Folder, "--namespace", space, "--values", Path.Combine(Chart.Folder, "ci", "08-external-redis-values.yaml")]);
            Assert.True(code == 0, error);
            ids.AddRange(new RenderedDocuments(output).FindAll("Deployment").Select(static d => new RenderedPod(d).ReadEnvironment(new AnySecret())["Reranker__Cluster__ClusterId"]).Distinct());
        }

        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(2, ids.Count);
    }

    [Fact]
    public async Task A_number_of_a_file_is_written_as_a_person_writes_it()
    {
        using var temp = new TempFolder();
        await File.WriteAllTextAsync(
            temp["values.yaml"],
            "silo: {settings: {Reranker__ScoreCache__MaxEntries: 2000000, Reranker__Some__Share: 0.25}, resources: {limits: {memory: 6442450944}}}",
            TestContext.Current.CancellationToken);

        var silo = new RenderedDocuments(await Chart.RenderAsync("4", "01-default-values.yaml", "--values", temp["values.yaml"])).Find("Deployment", "-silo-cpu");

        var variables = new RenderedPod(silo).ReadEnvironment(new AnySecret());
        Assert.Equal("2000000", variables["Reranker__ScoreCache__MaxEntries"]);
        Assert.Equal("0.25", variables["Reranker__Some__Share"]);
        Assert.Equal("6442450944", RenderedDocuments.ReadText(silo, "spec", "template", "spec", "containers", "0", "resources", "limits", "memory"));
    }

    [Theory]
    [InlineData("06-import-and-build-values.yaml")]
    [InlineData("01-default-values.yaml")]
    [InlineData("23-hub-values.yaml")]
    public async Task With_restricted_egress_no_pod_but_the_test_reaches_what_it_likes(string valueSet)
    {
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", valueSet, "--set", "networkPolicy.restrictEgress=true"));
        var components = ((string[])["Deployment", "StatefulSet", "Job"]).SelectMany(documents.FindAll)
            .Select(static d => RenderedDocuments.ReadText(d, "spec", "template", "metadata", "labels", "app.kubernetes.io/component")).Distinct();
        var closed = documents.FindAll("NetworkPolicy")
            .Where(static p => RenderedDocuments.FindNode(p, "spec", "policyTypes") is YamlSequenceNode types && types.Any(static t => RenderedDocuments.ReadText(t) == "Egress"))
            .Select(static p => RenderedDocuments.ReadText(p, "spec", "podSelector", "matchLabels", "app.kubernetes.io/component"));

        Assert.Empty(components.Except(closed));
    }

    private static async Task<Dictionary<string, string>> ListJobsAsync(params string[] arguments)
        => new RenderedDocuments(await Chart.RenderAsync("4", Jobs, arguments)).FindAll("Job")
            .ToDictionary(static j => RenderedDocuments.ReadText(j, "metadata", "name"), static j => RenderedDocuments.FindNode(j, "spec", "template")!.ToString());
}
