using System.Text;
using Reranker.LoadTest.Targets;

namespace Reranker.LoadTest.Tests.Targets;

public sealed class ReplyReaderTests
{
    private static string? Read(string json, int passages, out float[] scores)
    {
        scores = new float[passages];
        return ReplyReader.Read(Encoding.UTF8.GetBytes(json), scores);
    }

    [Fact]
    public void Scores_come_in_the_passages_order()
    {
        Assert.Null(Read("""[{"index":1,"score":6.1427097},{"index":0,"score":-1.8821464,"text":"\"score\":9"}]""", 2, out var scores));
        Assert.Equal([-1.8821464f, 6.1427097f], scores);
    }

    [Theory]
    [InlineData("""[{"index":0,"score":1}]""", "missing score")]
    [InlineData("""[{"index":0,"score":1},{"index":1}]""", "missing score")]
    [InlineData("""[{"index":0,"score":1},{"index":0,"score":2}]""", "wrong index")]
    [InlineData("""[{"index":0,"score":1},{"index":2,"score":2}]""", "wrong index")]
    [InlineData("""[{"index":-1,"score":1},{"index":1,"score":2}]""", "wrong index")]
    [InlineData("""[{"index":0,"score":1},{"score":2}]""", "wrong index")]
    [InlineData("""[{"index":0,"score":1},{"index":1,"score":null}]""", "bad json")]
    [InlineData("""[{"index":0,"score":1},{"index":1,"sc""", "bad json")]
    [InlineData("", "bad json")]
    [InlineData("<html>", "bad json")]
    public void What_is_wrong_is_said(string json, string error) => Assert.Equal(error, Read(json, 2, out _));
}
