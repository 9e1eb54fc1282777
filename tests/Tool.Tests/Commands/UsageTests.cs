using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary>What a person meets first: help, mistakes on the command line, exit codes.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("serve", "--help")]
    [InlineData("rank", "--help")]
    [InlineData("import", "--help")]
    [InlineData("pull", "--help")]
    [InlineData("models", "--help")]
    [InlineData("models", "remove", "--help")]
    [InlineData("synth", "--help")]
    [InlineData("verify", "--help")]
    [InlineData("quantize", "--help")]
    [InlineData("quality", "--help")]
    [InlineData("calibrate", "--help")]
    [InlineData("compare", "--help")]
    [InlineData("bench", "cpu", "--help")]
    [InlineData("bench", "gpu", "--help")]
    [InlineData("engine", "build", "--help")]
    [InlineData("engine", "check", "--help")]
    [InlineData("bench", "load", "--help")]
    [InlineData("plan", "--help")]
    [InlineData("doctor", "--help")]
    public async Task Help_describes_and_succeeds(params string[] arguments)
    {
        var (code, output, error) = await InProcessAsync(arguments);
        Assert.Equal(ExitCodes.Success, code);
        Assert.Empty(error);
        Assert.Contains("Description:", output, StringComparison.Ordinal);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("rank")]
    [InlineData("rank", "q", "-", "--top", "0")]
    [InlineData("rank", "q", "-", "--top", "many")]
    [InlineData("import", "/nonexistent", "--out", "/tmp/never")]
    [InlineData("import", ".")]
    [InlineData("import", "no-model-of-that-name", "--out", "/tmp/never")]
    [InlineData("pull")]
    [InlineData("pull", "a/b", "--revision", "../c")]
    [InlineData("models", "--in", "/nonexistent")]
    [InlineData("models", "remove")]
    [InlineData("import", ".", "--out", "/tmp/never", "--precision", "int3")]
    [InlineData("import", ".", "--out", "/tmp/never", "--precision", "fp16,fp16")]
    [InlineData("import", ".", "--out", "/tmp/never", "--precision", "fp16,")]
    [InlineData("import", ".", "--out", "/tmp/never", "--gate", "maybe")]
    [InlineData("verify", "--precision", "int3")]
    [InlineData("synth", "--like", "gpt", "--out", "/tmp/never")]
    [InlineData("serve", "--engine", "abacus")]
    [InlineData("serve", "--engine", "3")]
    [InlineData("rank", "q", "-", "--engine", "cuda,cpu")]
    [InlineData("compare", "--reference", ".", "--reference-engine", "1")]
    [InlineData("bench", "gpu", "--engine", "tensorrt, cuda")]
    [InlineData("rank", "q", "-", "--format", "1")]
    [InlineData("import", ".", "--out", "/tmp/never", "--max-tokens", "5")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--method", "median")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--smooth", "1.5")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--percentile", "101")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--format", "int3")]
    [InlineData("quality", "--data", "/nonexistent")]
    [InlineData("calibrate", "--data", "/nonexistent")]
    [InlineData("quality")]
    [InlineData("compare", ".", ".", "--pairs", "0")]
    [InlineData("compare", ".", ".", "--pairs", "61")]
    [InlineData("compare", ".", ".", "--pairs", "99999999999")]
    [InlineData("compare", ".", ".", "--engine", "cpu")]
    [InlineData("compare", ".", ".", "--max-ndcg-loss", "1%")]
    [InlineData("compare", "--reference", ".", "--json")]
    [InlineData("compare", "--reference", ".", "--calibration-pairs", "5")]
    [InlineData("quantize", ".", "--out", "x", "--calibration-pairs", "5")]
    [InlineData("compare", ".", ".", "--providers", "cpu")]
    [InlineData("compare", ".", ".", "--html", "/nonexistent/page.html")]
    [InlineData("compare", ".", ".", "--tolerance", "NaN")]
    [InlineData("compare", ".", ".", "--bisect", "--json")]
    [InlineData("compare", ".", ".", "--bisect", "--pairs", "5")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--seed", "5")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--max-ndcg-loss", "1%")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--method", "max", "--percentile", "99")]
    [InlineData("quality", "--data", "README.md", "--reference-precision", "fp32")]
    [InlineData("quality", "--data", "README.md", "--chunk-overlap", "5")]
    [InlineData("verify", "--tolerance", "0.1")]
    [InlineData("quantize", ".", "--out", "/tmp/never", "--max-ndcg-loss", "200%")]
    [InlineData("verify", "--tolerance", "-1")]
    [InlineData("verify", "--tolerance", "NaN")]
    [InlineData("serve", "--port")]
    [InlineData("serve", "--devices", "all")]
    [InlineData("rank", "q", "-", "--devices", "0,,1")]
    [InlineData("engine", "build", "--max", "64")]
    [InlineData("engine", "build", "--max", "64x")]
    [InlineData("engine", "build", "--max", "0x512")]
    [InlineData("engine", "build", "--max", "64x500")]
    [InlineData("engine", "build", "--opt", "128x256")]
    [InlineData("engine", "build", "--min", "2x8", "--opt", "1x8")]
    [InlineData("engine", "build", "--level", "6")]
    [InlineData("engine", "build", "--level", "high")]
    [InlineData("engine", "build", "--workspace", "-1")]
    [InlineData("engine", "build", "--precision", "fp8")]
    [InlineData("bench", "gpu", "--ragged", "4000", "0")]
    [InlineData("bench", "load", "--mean-length", "20")]
    [InlineData("bench", "load", "--mean-length", "600")]
    [InlineData("bench", "load", "--mean-length", "NaN")]
    [InlineData("bench", "gpu", "--ragged", "many")]
    [InlineData("bench", "load", "--shares", "half")]
    [InlineData("bench", "load", "--passages", "0")]
    [InlineData("plan")]
    [InlineData("plan", "--qps", "10", "--passages", "10")]
    [InlineData("plan", "--qps", "0", "--passages", "10", "--p99", "100")]
    [InlineData("plan", "--qps", "many", "--passages", "10", "--p99", "100")]
    [InlineData("plan", "--qps", "NaN", "--passages", "10", "--p99", "100")]
    [InlineData("plan", "--qps", "10", "--passages", "0", "--p99", "100")]
    [InlineData("plan", "--qps", "10", "--passages", "10", "--p99", "100", "--burst", "11")]
    [InlineData("plan", "--qps", "10", "--passages", "10", "--p99", "100", "--tokens", "100", "--lengths", "file")]
    public async Task A_command_line_that_is_not_understood_says_so_and_exits_with_2(params string[] arguments)
    {
        var (code, output, error) = await InProcessAsync(arguments);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Empty(output);
        Assert.Contains("--help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_returns_what_the_command_line_says()
    {
        var (code, _, error) = await RerankerProgram.RunAsync(["rank"]);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("reranker rank --help", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> InProcessAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ToolCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
