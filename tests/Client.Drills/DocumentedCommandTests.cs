using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reranker.Client.Drills;

/// <summary>What the README and the page for people who migrate tell somebody to do, done: with the README's server, in an empty folder.</summary>
public sealed class DocumentedCommandTests(CleanCheckout checkout) : IClassFixture<CleanCheckout>
{
    // INT8 kernels of another kind of processor may differ in the second digit.
    private const double ScoreTolerance = 0.05;
    private const double LogitTolerance = 0.5;

    public static TheoryData<string, int> Commands =>
    [
        .. from page in new[] { "README.md", "docs/migrating.md" }
           from index in Enumerable.Range(0, DocumentedCommand.ReadCommands(page).Count)
           select (page, index),
    ];

    [Theory]
    [InlineData("README.md", 3)]
    [InlineData("docs/migrating.md", 7)]
    public void A_page_has_the_paths_that_it_promises_and_says_what_each_ends_in(string page, int least)
    {
        var commands = DocumentedCommand.ReadCommands(page);

        Assert.True(commands.Count >= least, $"{page} has {commands.Count} commands");
        Assert.All(commands, static c => Assert.True(c.Answer is not null || c.Print is not null, c.Text));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_does_what_its_page_says(string page, int index)
    {
        var command = DocumentedCommand.ReadCommands(page)[index];

        var (code, output, error) = await command.RunAsync(checkout.Url);

        Assert.True(code == 0, error + output);
        if (command.Print is { } print)
        {
            Assert.Equal(print, output.Trim());
        }

        if (command.Answer is { } answer)
        {
            AssertAlike(JsonNode.Parse(answer), JsonNode.Parse(output), "$");
        }
    }

    private static void AssertAlike(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject fields:
                var given = Assert.IsType<JsonObject>(actual);
                Assert.Equal(fields.Select(static f => f.Key), given.Select(static f => f.Key));
                foreach (var (name, value) in fields)
                {
                    AssertAlike(value, given[name], $"{path}.{name}");
                }

                break;
            case JsonArray items:
                var entries = Assert.IsType<JsonArray>(actual);
                Assert.Equal(items.Count, entries.Count);
                for (var i = 0; i < items.Count; i++)
                {
                    AssertAlike(items[i], entries[i], $"{path}[{i}]");
                }

                break;
            case not null when path.EndsWith("score", StringComparison.Ordinal):
                Assert.Equal(expected.GetValue<double>(), actual!.GetValue<double>(), ScoreTolerance);
                break;
            case not null when path.EndsWith(".logit", StringComparison.Ordinal):
                Assert.Equal(expected.GetValue<double>(), actual!.GetValue<double>(), LogitTolerance);
                break;
            case not null when path.EndsWith(".created", StringComparison.Ordinal):
                Assert.Equal(JsonValueKind.Number, actual!.GetValueKind());
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{path}: expected {expected}, got {actual}");
                break;
        }
    }
}
