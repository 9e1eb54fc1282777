using Reranker.LoadTest.Texts;

namespace Reranker.LoadTest.Tests.Texts;

public sealed class PassageRangeTests
{
    [Theory]
    [InlineData("20", "20-20")]
    [InlineData("1-50", "1-50")]
    public void Passages_are_a_number_or_a_range(string text, string range) => Assert.Equal(range, PassageRange.Parse(text)!.ToString());

    [Theory]
    [InlineData("0")]
    [InlineData("5-2")]
    [InlineData("-2")]
    [InlineData("1-2-3")]
    [InlineData("1-")]
    public void Other_passages_are_refused(string text) => Assert.Null(PassageRange.Parse(text));
}
