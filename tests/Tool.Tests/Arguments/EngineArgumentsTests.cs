using System.CommandLine;
using Reranker.Tool.Arguments;

namespace Reranker.Tool.Tests.Arguments;

/// <summary>A list of devices is read once, by the parser; a setting gets the text as it was written.</summary>
public sealed class EngineArgumentsTests
{
    [Theory]
    [InlineData(new string[0], new int[0])]
    [InlineData(new[] { "--devices", "" }, new int[0])]
    [InlineData(new[] { "--devices", "0, 1" }, new[] { 0, 1 })]
    [InlineData(new[] { "--devices", "3,3" }, new[] { 3, 3 })]
    public void Devices_become_numbers(string[] line, int[] expected)
    {
        var arguments = new EngineArguments();

        Assert.Equal(expected, arguments.ReadOptions(Parse(arguments, line)).Devices);
    }

    [Theory]
    [InlineData("gpu0")]
    [InlineData("-1")]
    [InlineData("0,,1")]
    public void What_is_no_list_of_devices_is_an_error_that_names_the_option(string list)
    {
        var arguments = new EngineArguments();

        var error = Assert.Single(Parse(arguments, ["--devices=" + list]).Errors);

        Assert.StartsWith("--devices must be device numbers", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0, 1")]
    [InlineData("")]
    public void Serve_sets_the_list_as_it_was_written(string list)
    {
        var arguments = new ServeArguments();
        var command = new Command("serve");
        arguments.AddTo(command);

        var builder = arguments.CreateBuilder(command.Parse(["--devices", list]));

        Assert.Equal(list, builder.Configuration["Reranker:Devices"]);
    }

    private static ParseResult Parse(EngineArguments arguments, string[] line)
    {
        var command = new Command("rank");
        arguments.AddTo(command);
        arguments.AddDevicesTo(command);
        return command.Parse(line);
    }
}
