using Reranker.TestKit;
using Reranker.Tool.Commands;
using Reranker.Tool.Models;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Drills;

/// <summary>A model folder that is not whole must end the start with one sentence that names the file.</summary>
public sealed class DamagedModelDrills : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reranker-damaged-");

    public DamagedModelDrills()
    {
        foreach (var file in Directory.GetFiles(DefaultModel.Path))
        {
            File.Copy(file, In(Path.GetFileName(file)));
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public Task A_cut_file() => RefusedAsync("weights.bin", path =>
    {
        using var stream = File.OpenWrite(path);
        stream.SetLength(stream.Length / 2);
    });

    [Fact]
    public Task A_changed_byte() => RefusedAsync("weights.bin", path =>
    {
        using var stream = File.Open(path, FileMode.Open);
        stream.Seek(1000, SeekOrigin.Begin);
        var value = stream.ReadByte();
        stream.Seek(1000, SeekOrigin.Begin);
        stream.WriteByte((byte)(value ^ 1));
    });

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("weights.bin")]
    [InlineData("sentencepiece.bpe.model")]
    public async Task A_pipe(string file)
    {
        File.Delete(In(file));
        await Pipes.CreatePipeAsync(In(file));
        await RefusedAsync(file, static _ => { });
    }

    [Theory]
    [InlineData("verify", "--goldens", "pipe")]
    [InlineData("verify", "--eval", "pipe")]
    [InlineData("quality", "--data", "pipe")]
    public async Task A_pipe_beside_a_model_that_is_whole(string command, string option, string name)
    {
        await Pipes.CreatePipeAsync(In("pipe"));
        var (code, _, error) = await RerankerProgram.RunAsync([command, "--model", DefaultModel.Path, "--engine", "cpu", option, Path.GetFullPath(In(name))]);
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("is empty, or no regular file", error, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_missing_file() => RefusedAsync("sentencepiece.bpe.model", File.Delete);

    [Fact]
    public Task No_manifest() => RefusedAsync("manifest.json", File.Delete);

    [Fact]
    public Task A_manifest_that_is_no_json() => RefusedAsync("manifest.json", path => File.WriteAllText(path, "{"));

    [Theory]
    [InlineData("\"maxPairTokens\": 512", "\"maxPairTokens\": 256")]
    [InlineData("\"precision\": \"int8\"", "\"precision\": \"fp32\"")]
    [InlineData("\"onePairPerRun\": true", "\"onePairPerRun\": false")]
    [InlineData("\"identity\": \"", "\"identity\": \"f")]
    public Task A_manifest_that_was_edited(string before, string after) => RefusedAsync("manifest.json", path =>
    {
        var text = File.ReadAllText(path);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(before, after, StringComparison.Ordinal));
    });

    private async Task RefusedAsync(string file, Action<string> damage)
    {
        damage(In(file));
        foreach (var command in new string[][] { ["serve", "--urls", "http://127.0.0.1:0"], ["rank", "q"] })
        {
            var (code, output, error) = await RerankerProgram.RunAsync([.. command, "--model", _folder.FullName], "a passage\n");
            Assert.Equal(ExitCodes.Failure, code);
            Assert.Contains(file, error, StringComparison.Ordinal);
            Assert.Single(error.Trim().Split('\n'));
            Assert.DoesNotContain("Now listening", output, StringComparison.Ordinal);
        }
    }

    private string In(string file) => Path.Combine(_folder.FullName, file);
}
