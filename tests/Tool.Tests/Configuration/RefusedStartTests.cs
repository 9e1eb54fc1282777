using System.Net;
using System.Net.Sockets;
using Reranker.Tool.Commands;
using Reranker.Tool.Models;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Configuration;

/// <summary>Settings that cannot work end each program with one readable sentence, before it loads anything.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private const string Serve = "reranker.dll";
    private const string Silo = "Reranker.Silo.dll";
    private const string Gateway = "Reranker.Gateway.dll";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reranker-refused-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(Serve, "Reranker__Enginee=Cpu", "Reranker:Enginee", "Reranker:Engine")]
    [InlineData(Silo, "Reranker__Enginee=Cpu", "Reranker:Enginee", "Reranker:Engine")]
    [InlineData(Gateway, "Reranker__Enginee=Cpu", "Reranker:Enginee", "Reranker:Engine")]
    [InlineData(Serve, "Gateway__ApiKeys__0=a-secret-that-is-long", "Gateway:ApiKeys:0", "Gateway:ApiKeys:0:Key")]
    [InlineData(Gateway, "Gateway__ApiKeys__0=a-secret-that-is-long", "Gateway:ApiKeys:0", "Gateway:ApiKeys:0:Key")]
    [InlineData(Silo, "Gateway__ApiKeys__0=a-secret-that-is-long", "Gateway:ApiKeys:0", "Gateway:ApiKeys:0:Key")]
    [InlineData(Serve, "Gateway__ApiKeys__0=", "Gateway:ApiKeys:0", "Gateway:ApiKeys:0:Key")]
    [InlineData(Gateway, "Gateway__ApiKeys__a-secret-that-is-long=acme", "Gateway:ApiKeys:***", "Gateway:ApiKeys:0:Key")]
    [InlineData(Gateway, "Gateway_ApiKeys__0__Key=a-secret-that-is-long", "Gateway_ApiKeys:0:Key", "Gateway__ApiKeys__0__Key")]
    [InlineData(Serve, "Reranker__Batching__TargetBatchTime=15", "Reranker:Batching:TargetBatchTime is '15'", "15ms")]
    [InlineData(Silo, "Reranker__Batching__TargetBatchTime=15s", "Reranker:Batching:TargetBatchTime is 15s", "from 1ms to 10s")]
    [InlineData(Silo, "Reranker__Cuda__MaxBatchPairs=0", "Reranker:Cuda:MaxBatchPairs", "from 1 to 4096")]
    [InlineData(Silo, "Reranker__InstancesPerGpu=9", "Reranker:InstancesPerGpu", "between 1 and 8")]
    [InlineData(Silo, "Reranker__Dispatch__MinGain=1", "Reranker:Dispatch:MinGain", "from 0 to below 1")]
    [InlineData(Gateway, "Gateway__Client__MaxAttempts=0", "Gateway:Client:MaxAttempts", "from 1 to 32")]
    [InlineData(Serve, "Reranker__Engine=Cdua", "Reranker:Engine is 'Cdua'", "TensorRt")]
    [InlineData(Serve, "Reranker__Models__0=/no/such/folder", "Reranker:Models:0", "/no/such/folder")]
    [InlineData(Silo, "Reranker__Models__1=/", "Reranker:Models:1", "manifest.json")]
    [InlineData(Silo, "Reranker__DefaultModel=other", "Reranker:DefaultModel", "reranker-mini")]
    [InlineData(Silo, "Reranker__Cluster__SiloPort=70000", "Reranker:Cluster:SiloPort", "65535")]
    [InlineData(Silo, "Reranker__Clustering=Redis", "Reranker:Cluster:ConnectionString", "Redis")]
    [InlineData(Gateway, "Reranker__Clustering=InProcess", "Reranker:Clustering", "Localhost")]
    [InlineData(Serve, "ASPNETCORE_URLS=127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData(Gateway, "ASPNETCORE_URLS=http://locahost:8080", "locahost", "localhost")]
    [InlineData(Silo, "ASPNETCORE_URLS=http://127.0.0.1:99999", "99999", "65535")]
    [InlineData(Gateway, "OTEL_EXPORTER_OTLP_ENDPOINT=collector", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")]
    [InlineData(Gateway, "ASPNETCORE_URLS=https://*:8443", "https://*:8443", "Certificates")]
    public async Task A_setting_that_cannot_work_is_named_in_one_sentence(string program, string setting, string named, string remedy)
    {
        var (code, output, error) = await RerankerProgram.RunAsync(program, ArgumentsOf(program), [.. Needed(program), setting]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains(remedy, error, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", error + output, StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Theory]
    [InlineData(Serve)]
    [InlineData(Silo)]
    [InlineData(Gateway)]
    public async Task A_port_in_use_is_found_before_anything_is_loaded(string program)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, output, error) = await RerankerProgram.RunAsync(
            program, ArgumentsOf(program), [.. Needed(program), $"ASPNETCORE_URLS=http://127.0.0.1:{port}"]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains($"port {port} is in use", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Fact]
    public async Task A_silo_port_in_use_is_found_before_anything_is_loaded()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, output, error) = await RerankerProgram.RunAsync(
            Silo, [], [.. Needed(Silo), "Reranker__Clustering=Localhost", $"Reranker__Cluster__GatewayPort={port}"]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("Reranker:Cluster:GatewayPort", error, StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Fact]
    public async Task All_faults_are_told_at_once_each_by_its_key()
    {
        var (code, _, error) = await RerankerProgram.RunAsync(
            Serve,
            ["serve"],
            "Reranker__Enginee=Cpu",
            "Reranker__Devices=all",
            "Reranker__Batching__MaxQueueTime=5",
            "Reranker__Dispatch__MaxAttempts=0",
            "Reranker__Dispatch__MaxFanOut=0",
            "Reranker__Clustering=Redis",
            "Gateway__MaxPassages=0",
            "Gateway__MaxChunks=many",
            "Gateway__Client__MaxAttempts=0");

        Assert.Equal(ExitCodes.Failure, code);
        string[] keys =
        [
            "Gateway:Client:MaxAttempts", "Gateway:MaxChunks", "Gateway:MaxPassages", "Reranker:Batching:MaxQueueTime",
            "Reranker:Cluster:ConnectionString", "Reranker:Devices", "Reranker:Dispatch:MaxAttempts", "Reranker:Dispatch:MaxFanOut", "Reranker:Enginee",
        ];
        Assert.Equal(keys, error.Trim().Split('\n').Select(static line => line.Split(' ')[1]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{ \"Gateway\": { \"MaxPassages\": 5, } }}", "settings.json")]
    [InlineData("{ \"Gateway\": { \"MaxPasages\": 5 } }", "Gateway:MaxPasages")]
    [InlineData(null, "settings.json")]
    public async Task A_settings_file_that_cannot_be_used_is_named(string? text, string named)
    {
        var file = Path.Combine(_folder.FullName, "settings.json");
        if (text is not null)
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        }

        foreach (var program in (string[])[Serve, Silo, Gateway])
        {
            var (code, output, error) = await RerankerProgram.RunAsync(program, [.. ArgumentsOf(program), "--config", file], Needed(program));

            Assert.Equal(ExitCodes.Failure, code);
            Assert.Contains(named, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
            Assert.Equal("", output);
        }
    }

    /// <summary>All programs share one set of variables, and Kubernetes adds its own.</summary>
    [Fact]
    public async Task Settings_of_other_programs_and_of_unused_branches_are_accepted()
    {
        string[] shared =
        [
            $"Reranker__Models__0={DefaultModel.Path}", "Reranker__Scripted__BatchTime=5ms", "Reranker__TensorRt__Build=false", "Reranker__Clustering=Localhost",
            "Reranker__Cluster__CreateTables=false", "Reranker__Fleet__Penalty=1s", "Gateway__ApiKeys__0__Tenant=acme", "Gateway__ApiKeys__0__Key=a-secret-that-is-long",
            "Gateway__ModelAliases__0__Name=BAAI/bge-reranker-v2-m3", "Gateway__ModelAliases__0__Target=", "Gateway__Client__Seed=1",
            "Reranker__Cluster__SiloPort=23457", "Reranker__Cluster__GatewayPort=23458", "ASPNETCORE_URLS=http://127.0.0.1:0",
            "RERANKER_PORT=tcp://10.0.0.1:8080", "RERANKER_SERVICE_HOST=10.0.0.1", "RERANKER_PORT_8080_TCP_ADDR=10.0.0.1", "GATEWAY_SERVICE_PORT=80",
            "RERANKER_MODELS_PORT=tcp://10.0.0.2:80", "GATEWAY=10.0.0.1",
        ];
        foreach (var program in (string[])[Serve, Silo, Gateway])
        {
            var (code, _, error) = await RerankerProgram.RunAsync(program, program == Serve ? ["config"] : ["--print-config"], shared);

            Assert.Equal("", error);
            Assert.Equal(ExitCodes.Success, code);
        }
    }

    [Theory]
    [InlineData(Silo, "--help", 0)]
    [InlineData(Gateway, "--help", 0)]
    [InlineData(Silo, "--Rerankr:Engine=Cpu", 2)]
    [InlineData(Gateway, "--port=8080", 2)]
    [InlineData(Gateway, "--urls", 2)]
    [InlineData(Silo, "Reranker:Engine=Cpu", 2)]
    public async Task Silo_and_gateway_have_help_and_ignore_no_option(string program, string argument, int expected)
    {
        var (code, output, error) = await RerankerProgram.RunAsync(program, [argument]);

        Assert.Equal(expected, code);
        Assert.Contains("--print-config", expected == 0 ? output : output + "--print-config", StringComparison.Ordinal);
        Assert.Contains(expected == 0 ? "" : argument.Split('=')[0], error, StringComparison.Ordinal);
        Assert.Equal(expected == 0, error.Length == 0);
    }

    private static string[] ArgumentsOf(string program) => program == Serve ? ["serve"] : [];

    private static string[] Needed(string program) => program switch
    {
        Silo => [$"Reranker__Models__0={DefaultModel.Path}", "ASPNETCORE_URLS=http://127.0.0.1:0"],
        Gateway => ["Reranker__Clustering=Localhost", "ASPNETCORE_URLS=http://127.0.0.1:0"],
        _ => ["ASPNETCORE_URLS=http://127.0.0.1:0"],
    };
}
