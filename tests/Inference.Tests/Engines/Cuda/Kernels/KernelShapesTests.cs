using System.Text;
using System.Text.RegularExpressions;
using Reranker.Inference.Engines.Cuda.Kernels;

namespace Reranker.Inference.Tests.Engines.Cuda.Kernels;

public sealed partial class KernelShapesTests
{
    [Theory]
    [InlineData(70, null)]
    [InlineData(75, null)]
    [InlineData(80, "kernels.sm_80.ptx")]
    [InlineData(86, "kernels.sm_80.ptx")]
    [InlineData(89, "kernels.sm_89.ptx")]
    [InlineData(90, "kernels.sm_90a.ptx")]
    [InlineData(100, "kernels.sm_89.ptx")]
    [InlineData(120, "kernels.sm_89.ptx")]
    public void A_card_gets_the_image_of_its_architecture(int capability, string? image) => Assert.Equal(image, KernelImage.FindName(capability));

    [Theory]
    [InlineData(80)]
    [InlineData(89)]
    [InlineData(90)]
    public void An_image_has_every_kernel_that_is_looked_for_and_ends_with_a_zero(int capability)
    {
        var image = KernelImage.ReadImage(KernelImage.FindName(capability)!);
        var entries = EntryName().Matches(Encoding.ASCII.GetString(image)).Select(m => m.Groups[1].Value);

        Assert.Equal(0, image[^1]);
        Assert.Equal(
            KernelNames.ListKernels(capability >= KernelImage.MinFp8Capability, KernelImage.IsHopper(capability)).Select(k => k.Name).Order(StringComparer.Ordinal),
            entries.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(89)]
    [InlineData(90)]
    public void Kernels_that_may_begin_early_wait_for_the_one_before_them(int capability)
    {
        var bodies = Encoding.ASCII.GetString(KernelImage.ReadImage(KernelImage.FindName(capability)!)).Split(".visible .entry")[1..];

        Assert.All(bodies, b => Assert.Equal(KernelImage.IsHopper(capability), b.Contains("griddepcontrol.wait", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(89)]
    [InlineData(90)]
    public void Attention_is_launched_with_as_many_threads_as_it_is_made_for(int capability)
    {
        var image = Encoding.ASCII.GetString(KernelImage.ReadImage(KernelImage.FindName(capability)!));
        var isHopper = KernelImage.IsHopper(capability);
        foreach (var (headSize, isRotary) in from h in AttentionShape.HeadSizes from r in (bool[])[false, true] select (h, r))
        {
            var tile = AttentionTile.FromKernel(isHopper, headSize, isRotary);
            var start = image.IndexOf($".visible .entry {KernelNames.NameAttention(headSize, isFp8: false, isRotary)}(", StringComparison.Ordinal);

            Assert.Equal($".maxntid {tile.Threads}, 1, 1", MaxThreads().Match(image, start).Value);
        }
    }

    [Theory]
    [InlineData(8, 256)]
    [InlineData(256, 256)]
    [InlineData(264, 512)]
    [InlineData(384, 512)]
    [InlineData(1024, 1024)]
    [InlineData(1032, 0)]
    public void Rows_that_fit_the_registers_of_a_warp_stay_there(int columns, int width) => Assert.Equal(width, NormalizeShape.FindWidth(columns));

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    public void A_launch_has_a_block_for_every_tile_there_can_be(int rows)
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            int[] lengths = [.. Enumerable.Range(0, 1 + random.Next(40)).Select(_ => random.Next(5) switch { 0 => 0, 1 => 128 * random.Next(4), _ => random.Next(600) })];
            var tiles = lengths.Sum(n => (n + rows - 1) / rows);

            Assert.InRange(tiles, 0, AttentionShape.CountMaxTiles(lengths.Sum(), lengths.Length, rows));
        }
    }

    [Fact]
    public void An_argument_lies_in_the_lower_bytes()
    {
        Assert.Equal(0xffff_fffful, ((KernelArgument)(-1)).Bits);
        Assert.Equal(0x3f80_0000ul, ((KernelArgument)1f).Bits);
        Assert.Equal(ulong.MaxValue, ((KernelArgument)(-1L)).Bits);
    }

    [Fact]
    public void Sizes_that_fit_no_kernel_are_refused_by_name()
    {
        Assert.Equal(new AttentionSize(7, 2, 12, 32), AttentionOperator.ReadSize("A", 12, [7, 3 * 384], [3]));
        Assert.Contains("not of 80", Assert.Throws<InvalidOperationException>(() => AttentionOperator.ReadSize("A", 2, [7, 480], [3])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => AttentionOperator.ReadSize("A", 5, [7, 3 * 64], [3]));
        Assert.Throws<InvalidOperationException>(() => AttentionOperator.ReadSize("A", 1, [7, 3 * 64], [0]));
        Assert.Equal((7, 384), NormalizedSumOperator.ReadSize("N", [7, 384], [7, 384], [384], [384]));
        Assert.Contains("not 12", Assert.Throws<InvalidOperationException>(() => NormalizedSumOperator.ReadSize("N", [7, 12], [7, 12], [12], [12])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => NormalizedSumOperator.ReadSize("N", [7, 384], [8, 384], [384], [384]));
        Assert.Equal(1152, GatedGeluOperator.ReadColumns("G", [7, 2304]));
        Assert.Throws<InvalidOperationException>(() => GatedGeluOperator.ReadColumns("G", [7, 24]));
        Assert.Equal((2, 384), PackedMeanOperator.ReadSize("M", [7, 384], [3]));
        Assert.Throws<InvalidOperationException>(() => PackedMeanOperator.ReadSize("M", [7, 12], [3]));
        AttentionOperator.CheckFrequencies("A", 64, [32]);
        Assert.Contains("32 frequencies", Assert.Throws<InvalidOperationException>(() => AttentionOperator.CheckFrequencies("A", 64, [64])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, AttentionShape.WholePair)]
    [InlineData(0, 0)]
    [InlineData(64, 64)]
    [InlineData(long.MaxValue, AttentionShape.WholePair)]
    public void A_window_is_kept_inside_what_sums_of_places_take(long window, int seen) => Assert.Equal(seen, AttentionShape.FindWindow(window));

    [GeneratedRegex(@"\.maxntid .*")]
    private static partial Regex MaxThreads();

    [GeneratedRegex(@"\.visible \.entry (\w+)\(")]
    private static partial Regex EntryName();
}
