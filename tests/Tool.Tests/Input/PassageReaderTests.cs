using Reranker.Tool.Input;

namespace Reranker.Tool.Tests.Input;

public sealed class PassageReaderTests
{
    [Fact]
    public async Task Lines_are_passages_and_blank_lines_are_not()
        => Assert.Equal(["one", " two "], await ReadAsync("one\n\n   \n two \n"));

    [Fact]
    public async Task Json_lines_give_their_text()
        => Assert.Equal(["a\nb", ""], await ReadAsync("{\"text\":\"a\\nb\",\"id\":1}\n{\"text\":\"\"}\n"));

    [Fact]
    public async Task A_brace_in_a_later_line_does_not_make_it_json()
        => Assert.Equal(["plain", "{not json"], await ReadAsync("plain\n{not json"));

    [Theory]
    [InlineData("{\"text\":\"a\"}\nplain", "line 2")]
    [InlineData("{\"title\":\"a\"}", "line 1")]
    [InlineData("{\"text\":1}", "line 1")]
    [InlineData("\n{\"text\":", "line 2")]
    public async Task A_bad_json_line_is_named(string input, string named)
    {
        var error = await Assert.ThrowsAsync<InputException>(() => ReadAsync(input));
        Assert.StartsWith(named, error.Message, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> ReadAsync(string text) =>
        PassageReader.ReadAsync(new StringReader(text), TestContext.Current.CancellationToken);
}
