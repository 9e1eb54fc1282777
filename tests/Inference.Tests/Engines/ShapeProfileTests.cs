using System.ComponentModel.DataAnnotations;
using CsCheck;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Tests.Engines;

public sealed class ShapeProfileTests
{
    [Fact]
    public void The_default_profile_is_valid_and_keeps_its_corner_small()
    {
        var profile = new ShapeProfile();

        Assert.Equal("1x8 32x256 40x512", profile.Checked().ToString());

        // 187 MB were measured beside weights and context.
        Assert.True((profile.MaxRows * profile.MaxLength * 14_400L) + 187_000_000 < 500_000_000);
    }

    [Theory]
    [InlineData(30, "1x8 32x32 40x32")]
    [InlineData(500, "1x8 32x256 40x504")]
    [InlineData(8192, "1x8 32x256 40x512")]
    [InlineData(5, "1x8 32x8 40x8")]
    public void Lengths_that_no_pair_has_are_not_built_for(int maxPairTokens, string expected)
        => Assert.Equal(expected, new ShapeProfile().FitTo(maxPairTokens).Checked().ToString());

    [Fact]
    public void Every_pair_within_the_limit_fits_when_padded() => Gen.Select(Gen.Int[1, 8192], Gen.Int[1, 40]).Sample(
        (limit, rows) =>
        {
            var profile = new ShapeProfile().FitTo(limit);
            for (var length = 1; length <= Math.Min(limit, 512); length++)
            {
                Assert.True(profile.Holds(rows, Math.Max(profile.MinLength, ShapeProfile.PadLength(length))));
            }

            Assert.False(profile.Holds(41, 8));
            Assert.False(profile.Holds(1, profile.MaxLength + 8));
            Assert.False(profile.Holds(0, 8));
        }, seed: "0001m4vAXYm3", iter: 50, threads: 1);

    [Fact]
    public void Shapes_that_shrink_or_miss_the_step_are_refused()
    {
        Assert.Throws<ValidationException>(() => new ShapeProfile { OptRows = 65 }.Checked());
        Assert.Throws<ValidationException>(() => new ShapeProfile { OptLength = 520 }.Checked());
        Assert.Throws<ValidationException>(() => new ShapeProfile { MaxLength = 516 }.Checked());
        Assert.Throws<ValidationException>(() => new ShapeProfile { MinRows = 0 }.Checked());
    }
}
