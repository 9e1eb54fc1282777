using System.Text.Json;
using Reranker.ClusterKit.Processes;
using Reranker.TestKit;
using Reranker.Tool.Commands;

namespace Reranker.Tool.Tests.Doctor;

/// <summary>The command as a person runs it.</summary>
public sealed class DoctorCommandTests
{
    [Fact]
    public async Task This_machine_is_examined_by_children_of_the_program()
    {
        using var temp = new TempFolder();
        var (code, output, error) = await RerankerProgram.RunAsync(
            "reranker.dll", ["doctor", "--json"],
            $"XDG_CACHE_HOME={temp.Path}", $"HF_HOME={temp["hf"]}", "HF_TOKEN=hf_secretsecretsecret", "HF_ENDPOINT=https://me:pa55word@hub.example",
            "CUDA_VISIBLE_DEVICES=");
        using var json = JsonDocument.Parse(output);
        var machine = json.RootElement.GetProperty("machine");

        Assert.Equal("cpu: starting with a small model", error.Trim());
        Assert.Contains("1.31", machine.GetProperty("runtime").GetProperty("answer").GetProperty("native").GetString(), StringComparison.Ordinal);
        var cpu = Assert.Single(machine.GetProperty("trials").EnumerateArray());
        Assert.True(cpu.GetProperty("answer").GetProperty("tokensPerSecond").GetDouble() > 0);
        Assert.Equal("cpu", json.RootElement.GetProperty("serves").GetString());
        Assert.DoesNotContain("hf_secret", output, StringComparison.Ordinal);
        Assert.DoesNotContain("pa55word", output, StringComparison.Ordinal);

        // An address with a password is no address of a hub, so there is something to be mended.
        Assert.Equal(ExitCodes.Failure, code);
        Assert.True(json.RootElement.GetProperty("hasMends").GetBoolean());
        Assert.False(Directory.Exists(temp["reranker"]) || Directory.Exists(temp["hf"]), "looking at a folder made it");
    }

    [Fact]
    public async Task Caches_of_both_gpu_engines_are_looked_at_where_a_server_would_have_them()
    {
        using var temp = new TempFolder();
        File.WriteAllText(temp["file"], "");
        var (_, output, _) = await RerankerProgram.RunAsync(
            "reranker.dll", ["doctor", "--json", "--quick"],
            $"XDG_CACHE_HOME={temp.Path}", $"HF_HOME={temp["hf"]}", $"Reranker__TensorRt__EngineCache={temp["plans"]}", $"Reranker__Cuda__MeasurementCache={temp["file"]}");
        using var json = JsonDocument.Parse(output);
        var folders = json.RootElement.GetProperty("machine").GetProperty("folders").EnumerateArray()
            .ToDictionary(f => f.GetProperty("use").GetString()!, f => (f.GetProperty("path").GetString(), f.TryGetProperty("problem", out var problem) ? problem.GetString() : null));

        Assert.Equal((temp["plans"], null), folders["TensorRT engines"]);
        Assert.Equal((temp["file"], "it is a file"), folders["CUDA measurements"]);

        // The engine does without this one, and without it alone.
        Assert.DoesNotContain(
            json.RootElement.GetProperty("lines").EnumerateArray(), l => (l.GetProperty("area").GetString(), l.GetProperty("state").GetString()) == ("folders", "Mend"));
        Assert.Contains("every start of the CUDA engine measures anew", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_nobody_knows_is_answered_as_a_problem()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ToolCommandLine.RunAsync(["doctor-probe", "weather"], output, error);

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("""reranker-probe:{"name":"weather","answer":null,"problem":"there is no such question"}""", output.ToString(), StringComparison.Ordinal);
    }
}
