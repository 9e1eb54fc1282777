using Reranker.Tool.Commands;
using Reranker.Tool.Models;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Configuration;

/// <summary><c>reranker config</c>, which shows what <c>reranker serve</c> would do with the same settings.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private const string Secret = "a-secret-that-is-long-enough";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reranker-config-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Without_options_the_configured_models_engine_threads_and_address_hold()
    {
        var settings = await EffectiveAsync(["config"],
            $"Reranker__Models__small={DefaultModel.Path}", "Reranker__Engine=Scripted", "Reranker__CpuThreads=1", "ASPNETCORE_URLS=http://127.0.0.1:23456");

        Assert.Equal((DefaultModel.Path, "environment variable Reranker__Models__small"), settings["Reranker:Models:small"]);
        Assert.DoesNotContain("Reranker:Models:0", settings.Keys);
        Assert.Equal(("Scripted", "environment variable Reranker__Engine"), settings["Reranker:Engine"]);
        Assert.Equal(("1", "environment variable Reranker__CpuThreads"), settings["Reranker:CpuThreads"]);
        Assert.Equal(("http://127.0.0.1:23456", "environment variable ASPNETCORE_URLS"), settings["urls"]);
        Assert.Equal(("15ms", "default"), settings["Reranker:Batching:TargetBatchTime"]);
    }

    [Fact]
    public async Task Options_that_are_given_come_before_the_configuration()
    {
        var settings = await EffectiveAsync(
            ["config", "--model", DefaultModel.Path, "--precision", "INT8", "--engine", "cpu", "--threads", "2", "--devices", "0,0", "--urls", "http://127.0.0.1:0"],
            "Reranker__Models__other=/nowhere", "Reranker__Models__0=/nowhere", "Reranker__Precision=fp16", "Reranker__Precisions__other=fp32", "Reranker__Engine=Scripted", "Reranker__CpuThreads=1", "ASPNETCORE_URLS=http://127.0.0.1:23456");

        Assert.Equal((DefaultModel.Path, "command line"), settings["Reranker:Models:0"]);
        Assert.DoesNotContain("Reranker:Models:other", settings.Keys);
        Assert.Equal(("int8", "command line"), settings["Reranker:Precision"]);
        Assert.DoesNotContain("Reranker:Precisions:other", settings.Keys);
        Assert.Equal(("Cpu", "command line"), settings["Reranker:Engine"]);
        Assert.Equal(("2", "command line"), settings["Reranker:CpuThreads"]);
        Assert.Equal(("0,0", "command line"), settings["Reranker:Devices"]);
        Assert.Equal(("http://127.0.0.1:0", "command line"), settings["urls"]);
    }

    [Fact]
    public async Task With_nothing_configured_the_bundled_model_is_served_on_loopback()
    {
        var settings = await EffectiveAsync(["config"]);

        Assert.Equal((DefaultModel.Path, "default of serve"), settings["Reranker:Models:0"]);
        Assert.Equal("http://127.0.0.1:8080", settings["urls"].Value);
        Assert.Equal(("0s", "default of serve"), settings["Gateway:DrainDelay"]);
    }

    [Fact]
    public async Task Secrets_are_masked_and_a_file_is_named()
    {
        var file = Path.Combine(_folder.FullName, "settings.json");
        await File.WriteAllTextAsync(file, $$"""
            { "Gateway": { "AdminKey": "{{Secret}}-1", "ApiKeys": [ { "Tenant": "acme", "Key": "{{Secret}}-2" } ] },
              "Reranker": { "Cluster": { "ConnectionString": "host:1,password={{Secret}}" } } }
            """, TestContext.Current.CancellationToken);

        var (code, output, error) = await RerankerProgram.RunAsync("reranker.dll", ["config", "--config", file]);

        Assert.Equal("", error);
        Assert.Equal(ExitCodes.Success, code);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
        var settings = Parse(output);
        foreach (var key in (string[])["Gateway:AdminKey", "Gateway:ApiKeys:0:Key", "Reranker:Cluster:ConnectionString"])
        {
            Assert.Equal(("***", $"file {file}"), settings[key]);
        }

        Assert.Equal(("acme", $"file {file}"), settings["Gateway:ApiKeys:0:Tenant"]);
    }

    [Fact]
    public async Task Silo_and_gateway_show_theirs()
    {
        var (code, silo, _) = await RerankerProgram.RunAsync(
            "Reranker.Silo.dll", ["--print-config", "--Reranker:Engine", "Cpu"], $"Reranker__Models__0={DefaultModel.Path}", "ASPNETCORE_URLS=http://127.0.0.1:0");
        var (other, gateway, _) = await RerankerProgram.RunAsync(
            "Reranker.Gateway.dll", ["--print-config", "--urls=http://127.0.0.1:0"], "Reranker__Clustering=Localhost", $"Gateway__AdminKey={Secret}", "Reranker__Cluster__AdminSecret=another-secret-of-the-cluster");

        Assert.Equal((0, 0), (code, other));
        Assert.Equal(("Cpu", "command line"), Parse(silo)["Reranker:Engine"]);
        Assert.Equal(("***", "environment variable Gateway__AdminKey"), Parse(gateway)["Gateway:AdminKey"]);
    }

    private static async Task<Dictionary<string, (string Value, string Origin)>> EffectiveAsync(string[] arguments, params string[] environment)
    {
        var (code, output, error) = await RerankerProgram.RunAsync("reranker.dll", arguments, environment);
        Assert.Equal("", error);
        Assert.Equal(ExitCodes.Success, code);
        return Parse(output);
    }

    private static Dictionary<string, (string Value, string Origin)> Parse(string output) => output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .ToDictionary(static cells => cells[0], static cells => (cells[1], cells[2]));
}
