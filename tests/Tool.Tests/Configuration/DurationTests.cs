using CsCheck;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.Tool.Tests.Configuration;

public sealed class DurationTests
{
    [Theory]
    [InlineData("15ms", 15)]
    [InlineData("5s", 5_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1 h", 3_600_000)]
    [InlineData("250us", 0.25)]
    [InlineData("0s", 0)]
    [InlineData("00:00:05", 5_000)]
    [InlineData("0:1:0", 60_000)]
    [InlineData("00:00:00.015", 15)]
    [InlineData("24:00:00", 86_400_000)]
    public void A_duration_has_a_unit_or_is_hours_minutes_and_seconds(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("15")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("ms")]
    [InlineData("-5s")]
    [InlineData("5:00")]
    [InlineData("1.00:00:00")]
    [InlineData("-00:00:05")]
    [InlineData("00:00:99")]
    [InlineData("15 days")]
    [InlineData("25h")]
    [InlineData("1e9s")]
    [InlineData("99999999999999999999h")]
    public void What_could_mean_anything_or_nothing_is_no_duration(string text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void What_is_shown_can_be_read()
        => Gen.Long[0, TimeSpan.TicksPerDay].Select(TimeSpan.FromTicks).Sample(
            static duration => Duration.TryParse(Duration.Format(duration), out var read) && read == duration);
}
