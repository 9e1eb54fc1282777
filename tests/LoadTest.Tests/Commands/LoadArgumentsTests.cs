using System.CommandLine;
using Reranker.LoadTest.Commands;

namespace Reranker.LoadTest.Tests.Commands;

public sealed class LoadArgumentsTests
{
    private static (LoadArguments Arguments, ParseResult Parsed) Parse(string line)
    {
        var arguments = new LoadArguments();
        var command = new RootCommand();
        arguments.AddTo(command);
        return (arguments, command.Parse(line));
    }

    [Fact]
    public void A_capacity_is_of_an_open_loop()
    {
        var (arguments, parsed) = Parse("--rate 45.5 --capacity 65");
        Assert.Empty(parsed.Errors);
        Assert.Equal((45.5, 65), (arguments.Options(parsed).Rate, arguments.Options(parsed).Capacity));

        Assert.Equal("--capacity says what random arrivals cost; give their rate, --rate.", Assert.Single(Parse("--clients 4 --capacity 65").Parsed.Errors).Message);
        Assert.Equal("--capacity must be more than 0.", Assert.Single(Parse("--rate 4 --capacity 0").Parsed.Errors).Message);
    }
}
