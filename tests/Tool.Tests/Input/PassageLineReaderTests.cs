using Reranker.Tool.Input;

namespace Reranker.Tool.Tests.Input;

public sealed class PassageLineReaderTests
{
    [Fact]
    public async Task Lines_are_passages_and_blank_lines_are_counted()
        => Assert.Equal([new Passage("one", 1), new Passage(" two ", 4)], await ReadAsync("one\n\n   \n two \n"));

    [Fact]
    public async Task Json_lines_give_their_text()
        => Assert.Equal([new Passage("a\nb", 1), new Passage("", 3)], await ReadAsync("{\"text\":\"a\\nb\",\"id\":1}\n\n{\"text\":\"\"}\n"));

    [Theory]
    [InlineData("plain\n{not json")]
    [InlineData("{braces} around a word\nplain")]
    [InlineData("{\n\"a\": 1}")]
    [InlineData("{% block %}\n{{ title }}")]
    [InlineData(" { x | x > 0 }")]
    public async Task Text_with_braces_is_text(string input)
        => Assert.Equal(input.Split('\n'), (await ReadAsync(input)).Select(p => p.Text));

    [Theory]
    [InlineData("{\"text\":\"a\"}\nplain", "line 2")]
    [InlineData("{\"title\":\"a\"}", "line 1")]
    [InlineData("{\"text\":1}", "line 1")]
    [InlineData("\n{\"text\":", "line 2")]
    [InlineData("{\"text\":\"\\ud800\"}", "line 1")]
    public async Task A_bad_json_line_is_named(string input, string named)
    {
        var error = await Assert.ThrowsAsync<InputException>(() => ReadAsync(input));
        Assert.StartsWith(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\":")]
    [InlineData("{\"text\":\"a\"}")]
    public async Task Lines_that_look_like_json_are_text_where_that_was_said(string line)
        => Assert.Equal([new Passage(line, 1)], await ReadAsync(line, PassageFormat.Text));

    [Fact]
    public async Task Lines_that_look_like_text_are_no_json_where_that_was_said()
        => await Assert.ThrowsAsync<InputException>(() => ReadAsync("{braces}", PassageFormat.Jsonl));

    private static Task<IReadOnlyList<Passage>> ReadAsync(string text, PassageFormat format = PassageFormat.Auto) =>
        PassageLineReader.ReadPassagesAsync(new StringReader(text), format, TestContext.Current.CancellationToken);
}
