using System.CommandLine;
using Reranker.Inference.Engines;
using Reranker.Tool.Arguments;

namespace Reranker.Tool.Tests.Arguments;

public sealed class GpuArgumentsTests
{
    [Theory]
    [InlineData("", "1x8 32x256 40x512")]
    [InlineData("--min 2x16 --opt 16x128 --max 32x384", "2x16 16x128 32x384")]
    [InlineData("--max 128x512", "1x8 32x256 128x512")]
    [InlineData("--max 16x128", "1x8 16x128 16x128")]
    [InlineData("--min 36x8", "36x8 36x256 40x512")]
    public void Shapes_make_a_profile_and_the_best_one_follows_the_others(string line, string expected)
        => Assert.Equal(expected, Parse(line).Profile.ToString());

    [Fact]
    public void The_builder_gets_its_limits()
    {
        var options = Parse("--workspace 1.5 --level 5");

        Assert.Equal((3L << 29, 5), (options.WorkspaceBytes, options.BuilderLevel));
        Assert.Equal((0, 3), (Parse("").WorkspaceBytes, Parse("").BuilderLevel));
    }

    private static TensorRtOptions Parse(string line)
    {
        var command = new Command("test");
        var arguments = new GpuArguments();
        arguments.AddTo(command);
        var parsed = command.Parse(line);
        Assert.Empty(parsed.Errors);
        return arguments.ReadOptions(EngineKind.TensorRt, parsed).TensorRt;
    }
}
