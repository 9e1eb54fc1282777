using System.Text;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Tests.Quantization.Ranges;

public sealed class RangeTests
{
    [Fact]
    public void A_histogram_counts_the_same_in_any_order_and_keeps_its_size()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 20_000).Select(_ => (float)Math.Pow(10, random.NextDouble() * 6 - 3) * (random.Next(2) == 0 ? 1 : -1)).ToArray();
        var (forward, backward) = (new MagnitudeHistogram(), new MagnitudeHistogram());
        forward.AddValues(values);
        foreach (var part in values.Reverse().Chunk(77))
        {
            backward.AddValues(part);
        }

        Assert.Equal(values.Max(MathF.Abs), forward.Largest);
        Assert.InRange(forward.Largest, forward.Limit / 2, forward.Limit);
        Assert.Equal(20_000, forward.Total);
        Assert.Equal(forward.Total, forward.Counts.ToArray().Sum());
        Assert.Equal(forward.Counts.ToArray(), backward.Counts.ToArray());
        var sorted = values.Select(MathF.Abs).Order().ToArray();
        Assert.Equal(sorted[^2001], forward.FindPercentile(90), forward.Width);
        Assert.Equal(forward.Largest, forward.FindPercentile(100));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1.06f, 1)]
    [InlineData(1.0625f, 1)]
    [InlineData(1.07f, 1.125f)]
    [InlineData(1.1875f, 1.25f)]
    [InlineData(-17.1f, -18)]
    [InlineData(447, 448)]
    [InlineData(10_000, 448)]
    [InlineData(-10_000, -448)]
    [InlineData(0.0009f, 0)]
    [InlineData(0.0015f, 0.001953125f)]
    [InlineData(0.0155f, 0.015625f)]
    public void Numbers_are_rounded_to_e4m3(float value, float expected) => Assert.Equal(expected, QuantizedFormat.Fp8.RoundToLevel(value));

    [Fact]
    public void Every_number_of_e4m3_is_its_own_nearest()
    {
        for (var exponent = -6; exponent <= 8; exponent++)
        {
            for (var mantissa = 0; mantissa < (exponent == 8 ? 7 : 8); mantissa++)
            {
                var number = MathF.ScaleB(1 + (mantissa / 8f), exponent);
                Assert.Equal(number, QuantizedFormat.Fp8.RoundToLevel(number));
                Assert.Equal(number, QuantizedFormat.Fp8.RoundToLevel(number * 1.03f));
            }
        }
    }

    [Fact]
    public void Methods_that_weigh_errors_clip_a_lone_outlier_for_integers_and_not_for_e4m3()
    {
        var histogram = new MagnitudeHistogram();
        var random = new Random(5);
        histogram.AddValues([.. Enumerable.Range(0, 200_000).Select(_ => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2))]);
        histogram.AddValues([40f]);

        float Range(QuantizedFormat format, RangeMethod method) => RangeSearch.FindRange(histogram, format, new RangeRule(method));

        Assert.Equal(40, Range(QuantizedFormat.Int8, RangeMethod.Max));
        Assert.InRange(Range(QuantizedFormat.Int8, RangeMethod.Mse), 5, 30);
        Assert.InRange(Range(QuantizedFormat.Int8, RangeMethod.Entropy), 2.5f, 30);
        Assert.InRange(Range(QuantizedFormat.Int8, RangeMethod.Percentile), 2.4f, 3.1f);

        // The range that was found is better than the whole one by its own measure.
        double Error(float range) => RangeSearch.ComputeSquaredError(histogram, QuantizedFormat.Int8, range / 127);
        Assert.True(Error(Range(QuantizedFormat.Int8, RangeMethod.Mse)) < Error(40) / 2);

        // Steps of e4m3 are relative: a range ten times as wide costs the small values nothing.
        Assert.InRange(Range(QuantizedFormat.Fp8, RangeMethod.Mse), 20, 40);
    }

    [Fact]
    public void Values_that_are_all_zero_have_a_range_of_zero()
    {
        var histogram = new MagnitudeHistogram();
        histogram.AddValues(new float[100]);

        Assert.All(Enum.GetValues<RangeMethod>(), m => Assert.Equal(0, RangeSearch.FindRange(histogram, QuantizedFormat.Int8, new RangeRule(m))));
    }

    [Fact]
    public void Pairs_are_read_from_lines_of_every_usual_kind()
    {
        var text = """
            {"query":"a","passage":"b"}
            {"query":"a","document":"c"}

            {"query":"d","documents":["e","f"],"relevant":1}
            """;

        var pairs = CalibrationPairs.Parse(Encoding.UTF8.GetBytes(text), "pairs.jsonl", most: 100);

        Assert.Equal(("pairs.jsonl", 4), (pairs.Text.Source, pairs.Text.Pairs));
        Assert.Equal(64, pairs.Text.Sha256.Length);
        Assert.Equal(2, CalibrationPairs.Parse(Encoding.UTF8.GetBytes(text), "pairs.jsonl", most: 2).Text.Pairs);
    }

    [Theory]
    [InlineData("""{"query":"secret"}""", "pairs.jsonl: line 1 is no object")]
    [InlineData("secret", "pairs.jsonl: line 1 is no object")]
    [InlineData("""{"query":"secret","documents":[null]}""", "pairs.jsonl: line 1 is no object")]
    [InlineData("", "pairs.jsonl: has no pairs")]
    public void A_bad_line_is_told_by_its_number_and_not_by_its_text(string line, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => CalibrationPairs.Parse(Encoding.UTF8.GetBytes(line), "pairs.jsonl", most: 10));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
